//! Names that a rulebook brings along: checked for their form, since no closed list has them.

use std::{fmt, str::FromStr};

/// A name that has not the form of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is not {expected}")]
pub struct BadName {
    /// What was written.
    pub written: String,
    /// The form that was expected, as a phrase.
    pub expected: &'static str,
}

/// Defines a kind of name: a string of which `$test` holds; `$pattern` tells an editor the same.
macro_rules! names {
    ($( $(#[$meta:meta])* $name:ident, $expected:literal, $pattern:literal, $test:expr; )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(written: &str) -> Result<Self, BadName> {
                let test: fn(&str) -> bool = $test;
                if test(written) {
                    Ok(Self(written.to_owned()))
                } else {
                    // A name of any length may be handed in; the message quotes no more of it than helps.
                    Err(BadName { written: written.chars().take(60).collect(), expected: $expected })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        super::written_as_a_string!($name);

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": $expected })
            }
        }
    )* };
}

names! {
    /// A word of the rulebook's own: an axis value, the name of a ground, of a kind of unit, of an appeal.
    Word, "a word (a lower-case letter, then up to 39 letters, digits or _)", "^[a-z][a-z0-9_]{0,39}$", is_word;

    /// The number of a clause, such as `R03-2.2.1a`: up to 40 characters without blanks.
    ClauseId, "a clause number (1 to 40 letters, digits, dots, dashes or other signs without blanks)",
        "^[^\\s\\x00-\\x1f\\x7f]{1,40}$",
        |written| {
            (1..=40).contains(&written.chars().count())
                && !written.contains(|c: char| c.is_whitespace() || c.is_control())
        };

    /// The name of a position, such as `intake_officer`.
    PositionName, "a name of a position (a lower-case letter, then up to 39 letters, digits or _)", "^[a-z][a-z0-9_]{0,39}$", is_word;

    /// The name of a duty in its rulebook, such as `unit_handling`.
    DutyName, "a name of a duty (a lower-case letter, then up to 39 letters, digits or _)", "^[a-z][a-z0-9_]{0,39}$", is_word;

    /// The code of a rulebook: words joined by dots, such as `cn.service_hall`.
    RulebookCode, "a code of a rulebook (words joined by dots, up to 80 characters)",
        "^[a-z][a-z0-9_]{0,39}(\\.[a-z][a-z0-9_]{0,39})*$",
        |written| written.len() <= 80 && written.split('.').all(is_word);

    /// The version of a rulebook: three numbers joined by dots, such as `1.0.0`.
    Version, "a version (three numbers joined by dots)", "^[0-9]{1,5}\\.[0-9]{1,5}\\.[0-9]{1,5}$",
        |written| {
            written.split('.').count() == 3 && written.split('.').all(|number| number.parse::<u16>().is_ok())
        };
}

fn is_word(written: &str) -> bool {
    let mut letters = written.bytes();
    written.len() <= 40
        && letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
