//! Node's arrays of waiting chunks and callbacks, each with an identity: a flush goes on over the array it began with while new writes may already
//! fill another, and a callback of a `_writev` keeps the array of its chunks.

use super::vocabulary::Callback;
use std::collections::VecDeque;

/// A chunk that waits, or a callback alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) len: u64,
    pub(super) callback: Callback,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Array {
    used: bool,
    items: VecDeque<Option<Entry>>,
    some_callback: bool,
}

/// All arrays of one stream. The one at `current` takes the next chunk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Arrays {
    arrays: Vec<Array>,
    current: usize,
}

impl Arrays {
    pub(super) fn new() -> Self {
        Self { arrays: vec![Array { used: true, ..Array::default() }], current: 0 }
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    /// How many places the current array has, those already taken included.
    pub(super) fn waiting(&self) -> usize {
        self.len(self.current)
    }

    pub(super) fn len(&self, array: usize) -> usize {
        self.arrays[array].items.len()
    }

    /// Whether no chunk of the current array has a callback.
    pub(super) fn all_nop(&self) -> bool {
        !self.arrays[self.current].some_callback
    }

    pub(super) fn push(&mut self, entry: Entry) {
        let array = &mut self.arrays[self.current];
        array.some_callback |= entry.callback != Callback::Nop;
        array.items.push_back(Some(entry));
    }

    pub(super) fn get(&self, array: usize, at: usize) -> Option<Entry> {
        self.arrays[array].items.get(at).copied().flatten()
    }

    /// Takes one and leaves its place empty.
    pub(super) fn take(&mut self, array: usize, at: usize) -> Option<Entry> {
        self.arrays[array].items.get_mut(at).and_then(Option::take)
    }

    /// Forgets the first `count` places of the current array. Who counts from its front has to be told.
    pub(super) fn drop_front(&mut self, count: usize) {
        self.arrays[self.current].items.drain(..count);
    }

    pub(super) fn sizes(&self, array: usize) -> impl Iterator<Item = u64> + '_ {
        self.arrays[array].items.iter().map(|item| item.map_or(0, |entry| entry.len))
    }

    /// Begins a new current array. `kept`: whether somebody goes on with the old one, who has to [`free`](Self::free) it.
    pub(super) fn renew(&mut self, kept: bool) {
        if kept {
            self.current = self.allocate();
        } else {
            self.clear(self.current);
        }
    }

    /// An array of its own with these callbacks.
    pub(super) fn detached(&mut self, callbacks: impl IntoIterator<Item = u32>) -> usize {
        let array = self.allocate();
        self.arrays[array]
            .items
            .extend(callbacks.into_iter().map(|id| Some(Entry { len: 0, callback: Callback::User(id) })));
        array
    }

    pub(super) fn free(&mut self, array: usize) {
        if array != self.current {
            self.clear(array);
            self.arrays[array].used = false;
        }
    }

    /// How many there are, in use or not.
    pub(super) fn count(&self) -> usize {
        self.arrays.len()
    }

    fn clear(&mut self, array: usize) {
        let array = &mut self.arrays[array];
        array.items.clear();
        array.some_callback = false;
    }

    fn allocate(&mut self) -> usize {
        let free = self.arrays.iter().position(|array| !array.used).unwrap_or_else(|| {
            self.arrays.push(Array::default());
            self.arrays.len() - 1
        });
        self.arrays[free].used = true;
        free
    }
}
