//! Tags of a meeting or an attendee, in the order in which their keys first came.

use super::request::Tag;

/// The tags of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags(Vec<(Box<str>, Box<str>)>);

/// There would be more than are permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Tags {
    /// Adds tags; a key that is there takes the new value, and of two equal keys in one request the later one counts.
    /// Where there would be more than `max`, nothing is changed.
    pub(super) fn merge(&mut self, tags: &[Tag<'_>], max: usize) -> Result<(), TooMany> {
        let mut merged = self.clone();
        for &(key, value) in tags {
            match merged.0.iter_mut().find(|(known, _)| **known == *key) {
                Some((_, old)) => *old = value.into(),
                None => merged.0.push((key.into(), value.into())),
            }
        }
        if merged.0.len() > max {
            return Err(TooMany);
        }
        *self = merged;
        Ok(())
    }

    /// Removes tags; keys that are not there are ignored.
    pub(super) fn remove(&mut self, keys: &[&str]) {
        self.0.retain(|(known, _)| !keys.contains(&&**known));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values as an answer shows them.
    pub(super) fn shown(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug)]
    enum Step {
        Merge(Vec<(u8, u8)>),
        Remove(Vec<u8>),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            prop::collection::vec((0_u8..12, 0_u8..4), 0..6).prop_map(Step::Merge),
            prop::collection::vec(0_u8..12, 0..4).prop_map(Step::Remove),
        ];
        prop::collection::vec(step, 0..30)
    }

    proptest! {
        #[test]
        fn tags_are_a_map_with_a_limit(steps in steps(), max in 1_usize..8) {
            let mut tags = Tags::default();
            let mut model = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Merge(pairs) => {
                        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (format!("k{k}"), format!("v{v}"))).collect();
                        let asked: Vec<Tag<'_>> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                        let mut wanted = model.clone();
                        wanted.extend(pairs.iter().cloned());
                        let fits = wanted.len() <= max;
                        prop_assert_eq!(tags.merge(&asked, max).is_ok(), fits);
                        if fits {
                            model = wanted;
                        }
                    }
                    Step::Remove(keys) => {
                        let keys: Vec<String> = keys.iter().map(|key| format!("k{key}")).collect();
                        tags.remove(&keys.iter().map(String::as_str).collect::<Vec<_>>());
                        model.retain(|key, _| !keys.contains(key));
                    }
                }
                prop_assert_eq!(tags.shown().into_iter().collect::<BTreeMap<_, _>>(), model.clone());
                prop_assert_eq!(tags.shown().len(), model.len(), "no key twice");
            }
        }
    }
}
