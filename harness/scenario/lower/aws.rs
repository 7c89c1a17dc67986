//! Where AWS serves the attendees service: from region and namespace to address.

use crate::service::Namespace;

/// Which of a region's endpoints is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Variant {
    /// With FIPS-validated cryptography.
    pub(super) fips: bool,
    /// With IPv6 as well.
    pub(super) dualstack: bool,
}

/// The base URL, by the endpoint rules of the two namespaces' service models.
///
/// # Errors
/// Why there is no such endpoint, in a sentence.
pub(super) fn endpoint(namespace: Namespace, region: &str, variant: Variant) -> Result<String, String> {
    let label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if region.is_empty() || region.len() > 63 || !region.chars().all(label) || region.starts_with('-') {
        return Err("a region is written like `us-east-1`".to_owned());
    }
    if namespace == Namespace::Legacy {
        return if variant == Variant::default() {
            Ok("https://chime.us-east-1.amazonaws.com".to_owned())
        } else {
            Err("the legacy namespace has one endpoint, without `fips` and `dualstack`".to_owned())
        };
    }
    // Isolated partitions have names of their own, which are not public.
    if region.starts_with("us-iso") || region.starts_with("eu-iso") {
        return Err(format!("the endpoints of the isolated region `{region}` are not known here"));
    }
    let domain = match (variant.dualstack, region.starts_with("cn-")) {
        (false, false) => "amazonaws.com",
        (false, true) => "amazonaws.com.cn",
        (true, false) => "api.aws",
        (true, true) => "api.amazonwebservices.com.cn",
    };
    let fips = if variant.fips { "-fips" } else { "" };
    Ok(format!("https://meetings-chime{fips}.{region}.{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(namespace: Namespace, region: &str, fips: bool, dualstack: bool, expected: Option<&str>) {
        let found = endpoint(namespace, region, Variant { fips, dualstack });
        assert_eq!(found.ok().as_deref(), expected, "{namespace:?} {region} {fips} {dualstack}");
    }

    #[test]
    fn each_variant_has_its_host() {
        let check = |region, fips, dualstack, host: &str| {
            check(Namespace::Meetings, region, fips, dualstack, Some(&format!("https://{host}")));
        };
        check("eu-central-1", false, false, "meetings-chime.eu-central-1.amazonaws.com");
        check("us-east-1", true, false, "meetings-chime-fips.us-east-1.amazonaws.com");
        check("us-east-1", false, true, "meetings-chime.us-east-1.api.aws");
        check("us-east-1", true, true, "meetings-chime-fips.us-east-1.api.aws");
        check("us-gov-west-1", true, false, "meetings-chime-fips.us-gov-west-1.amazonaws.com");
        check("cn-north-1", false, false, "meetings-chime.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn the_legacy_namespace_has_one_endpoint() {
        let legacy = Some("https://chime.us-east-1.amazonaws.com");
        check(Namespace::Legacy, "eu-west-1", false, false, legacy);
        check(Namespace::Legacy, "us-east-1", true, false, None);
    }

    #[test]
    fn a_region_is_never_a_way_to_another_host() {
        for region in ["", "evil.example.com/", "us east", "EU-WEST-1", "a@b", "-x", "us-iso-east-1"] {
            check(Namespace::Meetings, region, false, false, None);
        }
    }
}
