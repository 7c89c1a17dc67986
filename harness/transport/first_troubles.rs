//! The first trouble of each kind that a transport meets, kept as an example.

use crate::api::WireError;
use crate::record::Troubles;

/// Keeps the first example of each kind in the life of a transport, so that errors by the thousand cost one text a kind.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstTroubles {
    told: [bool; WireError::ALL.len()],
    fresh: Troubles,
}

impl FirstTroubles {
    /// Something happened; `text` says what, and is asked for the first time only.
    pub(super) fn note(&mut self, kind: WireError, text: impl FnOnce() -> String) {
        if !std::mem::replace(&mut self.told[kind as usize], true) {
            self.fresh.note(kind, text);
        }
    }

    /// The examples that were not taken yet.
    pub(super) fn take(&mut self) -> Troubles {
        std::mem::take(&mut self.fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_once() {
        let mut troubles = FirstTroubles::default();
        troubles.note(WireError::Tls, || "UnknownIssuer".into());
        assert_eq!(troubles.take().of(WireError::Tls), Some("UnknownIssuer"));
        troubles.note(WireError::Tls, || panic!("it was told"));
        troubles.note(WireError::Dns, || "no address".into());
        let fresh = troubles.take();
        assert_eq!((fresh.of(WireError::Tls), fresh.of(WireError::Dns)), (None, Some("no address")));
    }
}
