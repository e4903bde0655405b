//! Names as numbers.

use std::collections::HashMap;
use std::sync::Arc;

/// The number of a name in [`Names`]; 0 is the empty one.
pub(super) type Name = u32;

/// Each name once: files with lines, classes, kinds of errors.
#[derive(Debug)]
pub(super) struct Names {
    list: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, Name>,
}

impl Default for Names {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self { list: vec![Arc::clone(&empty)], ids: HashMap::from([(empty, 0)]) }
    }
}

impl Names {
    pub(super) fn id(&mut self, name: &str) -> Name {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = Name::try_from(self.list.len()).unwrap_or(0);
        let name: Arc<str> = Arc::from(name);
        self.list.push(Arc::clone(&name));
        self.ids.insert(name, id);
        id
    }

    pub(super) fn text(&self, id: Name) -> &str {
        self.list.get(id as usize).map_or("", |name| name)
    }
}
