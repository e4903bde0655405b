//! What one search of the protocol assumes: the marks, the machine, what P, the sink and other handles may do, and which of the allowed
//! variants of the protocol is built.

use super::memory::Pos;
use crate::contract::Params;

/// In which order stores become visible, and loads are satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// As on x86: store buffers are first in, first out; nothing else is reordered.
    Total,
    /// As on ARM: stores become visible in any order that their places and their `Release` allow, and a `Relaxed` load of
    /// `wake_at` may be satisfied as early as the last acquire operation before it.
    Weak,
}

/// Which fences are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fences {
    /// P: a compiler fence. D: a process-wide barrier.
    Asymmetric,
    /// Both: `fence(SeqCst)`.
    Plain,
}

/// Changes to the protocol that an implementer may make; each is searched as the protocol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// None.
    AsStated,
    /// Whoever wakes D leaves `asleep` and `wake_at`, but not `lingering`, to D. Later writes notify again until D has run: harmless, but slow.
    WakerResetsNothing,
    /// On the fast path P notifies after it has unlocked.
    NotifyAfterUnlock,
    /// D lets go of the lock around the heavy fence, and looks at `asleep` again afterwards.
    FenceUnlocked,
}

/// What may happen, at any moment, besides the sink taking all that it was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Freedom {
    /// P writes on although it was told to wait.
    Impolite,
    /// P ends the stream. It always may when it has no more chunks.
    End,
    /// P destroys it.
    Destroy,
    /// Another handle of a shared writer ends or destroys the stream while P is between writes or waits.
    Shared,
    /// P asks for a flush, once at a time.
    Flush,
    /// P corks and uncorks.
    Cork,
    /// P gives a wait or a flush request up.
    GiveUp,
    /// The sink takes a part.
    Short,
    /// The sink is interrupted.
    Interrupted,
    /// The sink would block, and is called again after a pause.
    WouldBlock,
    /// The sink fails.
    Fail,
    /// A wait returns without a reason.
    Spurious,
    /// D looks again before it rests, once after each sink call.
    Spin,
    /// The sink can say "not now", and P may call it in place of a D that lingers.
    Try,
}

impl Freedom {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Impolite,
        Self::End,
        Self::Destroy,
        Self::Shared,
        Self::Flush,
        Self::Cork,
        Self::GiveUp,
        Self::Short,
        Self::Interrupted,
        Self::WouldBlock,
        Self::Fail,
        Self::Spurious,
        Self::Spin,
        Self::Try,
    ];
}

/// One searched configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WakeConfig {
    /// Short, in kebab case.
    pub name: &'static str,
    /// The marks; the capacity is the number of cells of the ring.
    pub params: Params,
    /// While D lingers, P wakes it only when so many bytes are in the ring.
    pub batch: Pos,
    /// The chunk lengths each write chooses from, in bytes.
    pub lengths: &'static [Pos],
    /// How many chunks P has, or `None` if it never runs out: then positions are kept relative, and the model has cycles.
    pub chunks: Option<u8>,
    /// What may happen.
    pub freedoms: &'static [Freedom],
    /// The machine.
    pub order: Order,
    /// The fences.
    pub fences: Fences,
    /// The variant.
    pub variant: Variant,
}

impl WakeConfig {
    /// Whether this may happen.
    #[must_use]
    pub fn may(&self, freedom: Freedom) -> bool {
        self.freedoms.contains(&freedom)
    }

    /// High-water mark, low-water mark, capacity.
    #[must_use]
    pub fn marks(&self) -> (Pos, Pos, Pos) {
        (bytes(self.params.high_water_mark), bytes(self.params.low_water_mark), bytes(self.params.capacity))
    }
}

/// The marks of this model are tiny: a ring has at most [`CELLS_MAX`](super::memory::CELLS_MAX) cells.
fn bytes(count: usize) -> Pos {
    Pos::try_from(count).unwrap_or(Pos::MAX)
}

/// The marks: high-water, low-water, capacity.
const fn marks(high: usize, low: usize, capacity: usize) -> Params {
    Params { high_water_mark: high, low_water_mark: low, capacity, retry_would_block: false }
}

/// The one from which the others differ.
const POLITE: WakeConfig = WakeConfig {
    name: "polite",
    params: marks(3, 1, 4),
    batch: 2,
    lengths: &[1, 2],
    chunks: Some(5),
    freedoms: &[Freedom::Short, Freedom::Spurious],
    order: Order::Total,
    fences: Fences::Asymmetric,
    variant: Variant::AsStated,
};

const IMPOLITE: WakeConfig = WakeConfig {
    name: "impolite",
    params: marks(3, 0, 4),
    chunks: Some(4),
    freedoms: &[Freedom::Impolite, Freedom::Short, Freedom::Fail, Freedom::Spurious],
    ..POLITE
};

const SHARED: WakeConfig = WakeConfig {
    name: "shared",
    chunks: Some(3),
    freedoms: &[
        Freedom::Shared,
        Freedom::End,
        Freedom::Destroy,
        Freedom::Flush,
        Freedom::Short,
        Freedom::Fail,
        Freedom::Spurious,
    ],
    ..POLITE
};

const ENDLESS: WakeConfig = WakeConfig {
    name: "endless",
    params: marks(2, 1, 3),
    chunks: None,
    freedoms: &[Freedom::Spurious, Freedom::Flush],
    ..POLITE
};

const ENDLESS_IMPOLITE: WakeConfig = WakeConfig {
    name: "endless-impolite",
    params: marks(2, 0, 3),
    freedoms: &[Freedom::Impolite, Freedom::Cork, Freedom::Spin],
    ..ENDLESS
};

/// A batch is what a fast write can just reach, so that P has cause to try.
const TRY: WakeConfig = WakeConfig {
    name: "try",
    chunks: Some(4),
    freedoms: &[Freedom::Try, Freedom::Short, Freedom::Fail, Freedom::Spurious],
    ..POLITE
};

const TRY_SHARED: WakeConfig = WakeConfig {
    name: "try-shared",
    chunks: Some(3),
    freedoms: &[
        Freedom::Try,
        Freedom::Shared,
        Freedom::Flush,
        Freedom::Destroy,
        Freedom::Fail,
        Freedom::Spurious,
    ],
    ..POLITE
};

/// Every configuration that is searched.
pub const CONFIGS: &[WakeConfig] = &[
    POLITE,
    IMPOLITE,
    SHARED,
    WakeConfig {
        name: "flush-and-cork",
        freedoms: &[Freedom::Flush, Freedom::Cork, Freedom::Fail],
        chunks: Some(4),
        ..POLITE
    },
    WakeConfig {
        name: "giving-up",
        freedoms: &[Freedom::GiveUp, Freedom::Flush, Freedom::Cork, Freedom::Impolite],
        chunks: Some(3),
        ..POLITE
    },
    // A batch that no fast write reaches, so that only the slow path and time-outs wake a lingering D.
    WakeConfig { name: "batch-over-mark", batch: 4, freedoms: &[Freedom::Cork, Freedom::Impolite], ..POLITE },
    // Empty chunks, and chunks that never fit.
    WakeConfig {
        name: "odd-lengths",
        params: Params { retry_would_block: true, ..marks(2, 1, 2) },
        lengths: &[0, 1, 3],
        freedoms: &[Freedom::Impolite, Freedom::Interrupted, Freedom::WouldBlock, Freedom::Fail],
        ..POLITE
    },
    ENDLESS,
    ENDLESS_IMPOLITE,
    WakeConfig { name: "polite-weak", order: Order::Weak, chunks: Some(4), ..POLITE },
    WakeConfig { name: "impolite-weak", order: Order::Weak, ..IMPOLITE },
    WakeConfig { name: "shared-weak", order: Order::Weak, chunks: Some(2), ..SHARED },
    WakeConfig { name: "endless-weak", order: Order::Weak, freedoms: &[], ..ENDLESS },
    WakeConfig { name: "polite-plain", fences: Fences::Plain, ..POLITE },
    WakeConfig { name: "impolite-plain-weak", fences: Fences::Plain, order: Order::Weak, ..IMPOLITE },
    WakeConfig { name: "endless-plain-weak", fences: Fences::Plain, order: Order::Weak, ..ENDLESS },
    WakeConfig { name: "waker-resets-nothing", variant: Variant::WakerResetsNothing, ..IMPOLITE },
    WakeConfig { name: "notify-after-unlock", variant: Variant::NotifyAfterUnlock, ..IMPOLITE },
    WakeConfig { name: "fence-unlocked", variant: Variant::FenceUnlocked, ..IMPOLITE },
    WakeConfig {
        name: "fence-unlocked-weak",
        variant: Variant::FenceUnlocked,
        order: Order::Weak,
        ..IMPOLITE
    },
    WakeConfig { name: "endless-fence-unlocked", variant: Variant::FenceUnlocked, ..ENDLESS },
    WakeConfig { name: "endless-waker-resets-nothing", variant: Variant::WakerResetsNothing, ..ENDLESS },
    TRY,
    TRY_SHARED,
    WakeConfig {
        name: "try-cork",
        freedoms: &[Freedom::Try, Freedom::Cork, Freedom::Impolite, Freedom::Short],
        ..TRY
    },
    WakeConfig { name: "try-weak", order: Order::Weak, chunks: Some(3), ..TRY },
    WakeConfig { name: "try-shared-weak", order: Order::Weak, chunks: Some(2), ..TRY_SHARED },
    WakeConfig { name: "try-waker-resets-nothing", variant: Variant::WakerResetsNothing, ..TRY_SHARED },
    WakeConfig {
        name: "endless-try",
        freedoms: &[Freedom::Try, Freedom::Spurious, Freedom::Flush],
        params: marks(3, 1, 3),
        ..ENDLESS
    },
];

/// The configuration of this name.
#[must_use]
pub fn find(name: &str) -> Option<WakeConfig> {
    CONFIGS.iter().find(|config| config.name == name).cloned()
}

#[cfg(test)]
mod tests {
    use super::super::memory::CELLS_MAX;
    use super::*;

    /// The longest stream of a finite configuration stays below the two values that are no positions.
    const BYTES_MAX: usize = 64;

    #[test]
    fn the_table_is_in_range_and_names_are_unique() {
        for config in CONFIGS {
            let Params { high_water_mark, low_water_mark, capacity, .. } = config.params;
            assert!(Params::new(high_water_mark, low_water_mark, capacity).is_ok(), "{}", config.name);
            let retries = config.params.retry_would_block;
            assert_eq!(config.may(Freedom::WouldBlock), retries, "{}", config.name);
            let longest = config.lengths.iter().copied().max().unwrap_or(0);
            let bytes = usize::from(longest) * usize::from(config.chunks.unwrap_or(0));
            assert!(bytes <= BYTES_MAX && capacity <= CELLS_MAX && config.batch > 0, "{}", config.name);
            assert_eq!(
                CONFIGS.iter().filter(|other| other.name == config.name).count(),
                1,
                "{}",
                config.name
            );
        }
    }
}
