//! Policies that are always in scope by name, a file for each family. A new preset is one function in its family's file and one line
//! there; `docs/policies.md` has a row for each, which a test keeps.

mod aws;
mod aws_older;
mod generic;
mod limits;
mod proxies;

use super::policy::Policy;

pub use aws::AWS_STANDARD_2_1;
pub use generic::NONE;

/// A preset: its name, its one-line description, its maker.
pub(super) type Preset = (&'static str, &'static str, fn() -> Policy);

/// Every preset, family by family.
pub const PRESETS: &[Preset] = &joined();

/// The families, in the order in which they are listed.
const FAMILIES: [&[Preset]; 5] =
    [generic::PRESETS, limits::PRESETS, aws::PRESETS, aws_older::PRESETS, proxies::PRESETS];

const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

const fn joined() -> [Preset; COUNT] {
    let mut all = [generic::PRESETS[0]; COUNT];
    let (mut at, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut next = 0;
        while next < FAMILIES[family].len() {
            all[at] = FAMILIES[family][next];
            at += 1;
            next += 1;
        }
        family += 1;
    }
    all
}

/// The preset of a name.
pub fn preset(name: &str) -> Option<Policy> {
    PRESETS.iter().find(|(known, ..)| *known == name).map(|(.., make)| make())
}

#[cfg(test)]
mod tests;
