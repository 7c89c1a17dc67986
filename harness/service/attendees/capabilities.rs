//! What an attendee may send and receive, and what a meeting's features make of it.

/// What an attendee may do with one medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum Capability {
    SendReceive,
    Send,
    Receive,
    None,
}

impl Capability {
    /// Every value, in the order of the API.
    pub const ALL: [Self; 4] = [Self::SendReceive, Self::Send, Self::Receive, Self::None];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendReceive => "SendReceive",
            Self::Send => "Send",
            Self::Receive => "Receive",
            Self::None => "None",
        }
    }

    /// The value of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }

    const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::Receive)
    }
}

/// An attendee's capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the API's own")]
pub struct Capabilities {
    pub audio: Capability,
    pub video: Capability,
    pub content: Capability,
}

impl Capabilities {
    /// Everything that there is.
    pub const ALL: Self =
        Self { audio: Capability::SendReceive, video: Capability::SendReceive, content: Capability::SendReceive };
}

/// The highest resolution of a meeting's video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum VideoResolution {
    None,
    Hd,
    Fhd,
}

/// The highest resolution of a meeting's shared content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum ContentResolution {
    None,
    Fhd,
    Uhd,
}

/// A structure of MeetingFeatures with its one member. An empty structure comes back empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feature<T>(pub Option<T>);

/// What was asked of a meeting; comes back as it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeetingFeatures {
    /// `Audio.EchoReduction`: whether it is available.
    pub audio: Option<Feature<bool>>,
    /// `Video.MaxResolution`.
    pub video: Option<Feature<VideoResolution>>,
    /// `Content.MaxResolution`.
    pub content: Option<Feature<ContentResolution>>,
    /// `Attendee.MaxCount`, 1 to 250 by the model's constraints.
    pub attendee: Option<Feature<i64>>,
}

/// The most attendees of a meeting with full-HD video or ultra-HD content.
const HIGH_RESOLUTION_MAX_COUNT: i64 = 25;

impl MeetingFeatures {
    /// The most attendees, where the meeting has a limit of its own.
    pub fn max_count(&self) -> Option<i64> {
        self.attendee?.0
    }

    /// Whether the service would make such a meeting.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let full_video = self.video == Some(Feature(Some(VideoResolution::Fhd)));
        let high = full_video || self.content == Some(Feature(Some(ContentResolution::Uhd)));
        match self.max_count() {
            None if high => Err("FHD video and UHD content need an attendee MaxCount of at most 25"),
            Some(count) if high && count > HIGH_RESOLUTION_MAX_COUNT => {
                Err("the attendee MaxCount must be at most 25 with FHD video or UHD content")
            }
            _ => Ok(()),
        }
    }

    fn without_video(&self) -> bool {
        self.video == Some(Feature(Some(VideoResolution::None)))
    }

    fn without_content(&self) -> bool {
        self.content == Some(Feature(Some(ContentResolution::None)))
    }

    /// What an attendee gets that asked for nothing. One of the defaults is refused when it is asked for: so it is
    /// documented.
    pub(crate) fn default_capabilities(&self) -> Capabilities {
        use Capability::{None, Receive, SendReceive};
        let (video, content) = match (self.without_video(), self.without_content()) {
            (false, false) => (SendReceive, SendReceive),
            (true, false) => (Receive, SendReceive),
            (false, true) => (SendReceive, None),
            (true, true) => (None, None),
        };
        Capabilities { audio: SendReceive, video, content }
    }

    /// Whether an attendee of such a meeting may have these.
    pub(crate) fn permit(&self, asked: Capabilities) -> Result<(), &'static str> {
        if self.without_video() && asked.video != Capability::None {
            Err("video capabilities must be None in a meeting without video")
        } else if self.without_content() && asked.content != Capability::None {
            Err("content capabilities must be None in a meeting without content")
        } else if asked.content.receives() && !asked.video.receives() {
            Err("content capabilities of SendReceive or Receive need video capabilities of SendReceive or Receive")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Capability::{None as Nothing, Receive, Send, SendReceive};

    fn features(video: Option<VideoResolution>, content: Option<ContentResolution>) -> MeetingFeatures {
        let (video, content) = (video.map(|value| Feature(Some(value))), content.map(|value| Feature(Some(value))));
        MeetingFeatures { video, content, ..MeetingFeatures::default() }
    }

    #[test]
    fn receiving_content_needs_receiving_video() {
        let plain = MeetingFeatures::default();
        for video in Capability::ALL {
            for content in Capability::ALL {
                let good = matches!(content, Send | Nothing) || matches!(video, SendReceive | Receive);
                let asked = Capabilities { audio: Nothing, video, content };
                assert_eq!(plain.permit(asked).is_ok(), good, "{asked:?}");
            }
        }
    }

    #[test]
    fn a_medium_that_the_meeting_lacks_must_be_none() {
        let asked = |video, content| Capabilities { audio: SendReceive, video, content };
        let mute = features(Some(VideoResolution::None), None);
        assert!(mute.permit(asked(Nothing, Send)).is_ok());
        assert!(mute.permit(asked(Receive, Send)).is_err());
        assert!(mute.permit(mute.default_capabilities()).is_err(), "documented: refused when asked for");
        let bare = features(None, Some(ContentResolution::None));
        assert!(bare.permit(asked(SendReceive, Nothing)).is_ok());
        assert!(bare.permit(asked(SendReceive, Send)).is_err());
        assert!(bare.permit(bare.default_capabilities()).is_ok());
    }

    #[test]
    fn defaults_follow_the_features() {
        let check = |video, content, expected: [Capability; 3]| {
            let given = features(video, content).default_capabilities();
            assert_eq!([given.audio, given.video, given.content], expected);
        };
        let (no_video, no_content) = (Some(VideoResolution::None), Some(ContentResolution::None));
        check(None, None, [SendReceive, SendReceive, SendReceive]);
        check(no_video, None, [SendReceive, Receive, SendReceive]);
        check(no_video, Some(ContentResolution::Uhd), [SendReceive, Receive, SendReceive]);
        check(None, no_content, [SendReceive, SendReceive, Nothing]);
        check(no_video, no_content, [SendReceive, Nothing, Nothing]);
    }

    #[test]
    fn high_resolution_needs_a_small_meeting() {
        let high = features(Some(VideoResolution::Fhd), None);
        let at_most = |count| MeetingFeatures { attendee: Some(Feature(Some(count))), ..high };
        assert!(high.check().is_err());
        assert!(at_most(26).check().is_err());
        assert!(at_most(25).check().is_ok());
        assert!(features(None, Some(ContentResolution::Uhd)).check().is_err());
        assert!(features(Some(VideoResolution::Hd), Some(ContentResolution::Fhd)).check().is_ok());
    }
}
