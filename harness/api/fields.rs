//! Header fields of a reply, whoever parsed them.

use http::HeaderMap;

/// The header fields of a reply, by name; letter case does not matter. A value that is not text is as good as absent.
///
/// Each transport has a form of its own for them, and none has to copy them into another's.
pub trait Fields {
    /// The first value of a field.
    fn get(&self, name: &str) -> Option<&str>;

    /// All values of a field, in the order in which they came.
    fn each(&self, name: &str, visit: &mut dyn FnMut(&str));
}

impl Fields for HeaderMap {
    fn get(&self, name: &str) -> Option<&str> {
        Self::get(self, name).and_then(|value| value.to_str().ok())
    }

    fn each(&self, name: &str, visit: &mut dyn FnMut(&str)) {
        self.get_all(name).into_iter().filter_map(|value| value.to_str().ok()).for_each(visit);
    }
}
