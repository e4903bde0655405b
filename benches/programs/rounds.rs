//! Several programs in turn, round after round, and what their figures come to.

use std::io;

use crate::ledger::Spread;

/// One of the programs that take turns.
pub(crate) struct Lane<'a, T> {
    pub(crate) name: String,
    pub(crate) run: Box<dyn FnMut() -> io::Result<T> + 'a>,
}

impl<'a, T> Lane<'a, T> {
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut() -> io::Result<T> + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// What one program came to, a sample each round.
#[derive(Clone, Debug)]
pub(crate) struct Track<T> {
    pub(crate) name: String,
    pub(crate) samples: Vec<T>,
}

/// A whole program, timed from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) peak_kib: Option<u64>,
}

/// A program may come twice in a row: its second track, called `again`, shows what the machine's noise does to a ratio that ought to be 1.
/// Every program once a round; who goes first moves on by one each time. Where there are more than two, another one goes before them that
/// is not counted: it finds the programs not yet in memory.
pub(crate) fn in_turn<T>(mut lanes: Vec<Lane<'_, T>>, rounds: usize) -> io::Result<Vec<Track<T>>> {
    let mut tracks: Vec<Track<T>> = Vec::new();
    for (place, lane) in lanes.iter().enumerate() {
        let again = place > 0 && lanes[place - 1].name == lane.name;
        let name = if again { format!("{} again", lane.name) } else { lane.name.clone() };
        tracks.push(Track { name, samples: Vec::new() });
    }
    let warm_ups = usize::from(rounds > 2);
    for round in 0..rounds + warm_ups {
        for turn in 0..lanes.len() {
            let who = (round + turn) % lanes.len();
            let lane = &mut lanes[who];
            let sample = (lane.run)()
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", lane.name)))?;
            if round >= warm_ups {
                tracks[who].samples.push(sample);
            }
        }
    }
    Ok(tracks)
}

impl<T> Track<T> {
    /// The spread of one figure of the samples; `None` unless all of them have it.
    pub(crate) fn spread(&self, figure: impl Fn(&T) -> Option<f64>) -> Option<Spread> {
        Spread::of(self.samples.iter().map(figure).collect::<Option<Vec<_>>>()?)
    }

    /// The same of what the samples of two programs come to, round by round.
    pub(crate) fn beside(&self, other: &Self, figure: impl Fn(&T, &T) -> Option<f64>) -> Option<Spread> {
        let both = self.samples.iter().zip(&other.samples);
        Spread::of(both.map(|(mine, others)| figure(mine, others)).collect::<Option<Vec<_>>>()?)
    }
}

impl Track<Sample> {
    pub(crate) fn seconds(&self) -> Option<Spread> {
        self.spread(|sample| Some(sample.seconds))
    }

    pub(crate) fn peak_kib(&self) -> Option<Spread> {
        self.spread(|sample| Some(sample.peak_kib? as f64))
    }

    /// Its time divided by that of the other.
    pub(crate) fn slower_than(&self, other: &Self) -> Option<Spread> {
        self.beside(other, |mine, others| Some(mine.seconds / others.seconds))
    }

    /// Its peak memory divided by that of the other.
    pub(crate) fn larger_than(&self, other: &Self) -> Option<Spread> {
        self.beside(other, |mine, others| Some(mine.peak_kib? as f64 / others.peak_kib? as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn turns(names: [&str; 3], rounds: usize) -> (String, Vec<Track<()>>) {
        let said = RefCell::new(String::new());
        let lanes = names.map(|name| {
            Lane::new(name, || {
                said.borrow_mut().push_str(name);
                Ok(())
            })
        });
        let tracks = in_turn(lanes.into(), rounds).unwrap();
        (said.take(), tracks)
    }

    #[test]
    fn programs_take_turns_and_so_does_who_goes_first() {
        for (rounds, expected) in [(3, "abcbcacababc"), (2, "abcbca"), (1, "abc")] {
            let (said, tracks) = turns(["a", "b", "c"], rounds);
            assert_eq!(said, expected);
            assert!(tracks.iter().all(|track| track.samples.len() == rounds), "{rounds}: {tracks:?}");
        }
    }

    #[test]
    fn a_program_that_comes_twice_is_called_so() {
        let (_, tracks) = turns(["a", "a", "b"], 1);
        assert_eq!(tracks.iter().map(|track| track.name.as_str()).collect::<Vec<_>>(), ["a", "a again", "b"]);
    }

    #[test]
    fn ratios_are_taken_round_by_round_and_what_was_not_measured_has_none() {
        let track = |seconds: [f64; 3], peak_kib| Track {
            name: "x".into(),
            samples: seconds.map(|seconds| Sample { seconds, peak_kib }).into(),
        };
        let (ours, theirs) = (track([2.0, 9.0, 4.0], Some(6)), track([1.0, 3.0, 1.0], Some(2)));
        assert_eq!(ours.slower_than(&theirs), Some(Spread { median: 3.0, min: 2.0, max: 4.0 }));
        assert_eq!(ours.larger_than(&theirs), Some(Spread { median: 3.0, min: 3.0, max: 3.0 }));
        assert_eq!(ours.larger_than(&track([1.0; 3], None)), None);
        assert_eq!(track([1.0; 3], None).peak_kib(), None);
    }

    #[test]
    fn a_failure_names_the_program() {
        let lane: Lane<'_, ()> = Lane::new("gone", || Err(io::ErrorKind::NotFound.into()));
        let error = in_turn(vec![lane], 1).unwrap_err();
        assert!(error.to_string().starts_with("gone: ") && error.kind() == io::ErrorKind::NotFound);
    }
}
