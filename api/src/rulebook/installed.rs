//! The rulebooks of an installation: those that come with the service, and those that lie in a folder of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use domain::rulebook::{Checked, Flaw, Kind, ancestry, check, read, read_bytes};
use persistence::law::Rulebooks;

use crate::desk::shipped_rulebooks;

/// The longest file that is read as a rulebook, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// How many rulebooks a folder may hold.
const FILES_MAX: usize = 200;

/// Why the rulebooks of a folder cannot be used: a line for each reason, with file and line.
#[derive(Debug, thiserror::Error)]
#[error("the rulebooks of this installation cannot be used:{0}")]
pub struct NotInstalled(String);

/// The rulebooks that come with the service, and the regulations in the `.toml` files of `folder`. They may inherit from
/// what comes with the service.
///
/// # Errors
/// [`NotInstalled`] with every finding in every file: a service that left one out would let cases run under no rule.
pub fn installed(folder: Option<&Path>) -> Result<Rulebooks, NotInstalled> {
    let mut rulebooks = shipped_rulebooks();
    let Some(folder) = folder else {
        return Ok(rulebooks);
    };
    let mut wrong = String::new();
    let mut tell = |file: &Path, reason: &dyn std::fmt::Display| {
        write!(wrong, "\n  {}: {reason}", file.display()).expect("a string takes what is written");
    };
    let mut files = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => files.extend(
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.extension().is_some_and(|it| it == "toml")),
        ),
        Err(error) => tell(folder, &error),
    }
    // In the order of their names, so that the same folder is told of in the same words.
    files.sort();
    if files.len() > FILES_MAX {
        tell(folder, &format!("more than {FILES_MAX} rulebooks"));
        files.clear();
    }
    for file in files {
        match bytes_of(&file) {
            Ok(Some(bytes)) => match standing(&bytes) {
                Ok(checked) if checked.head.kind != Kind::Regulation => {
                    tell(&file, &"only a regulation can be run by an office");
                }
                Ok(checked) if rulebooks.contains_key(&checked.head.code) => {
                    tell(&file, &format!("`{}` is there already", checked.head.code));
                }
                Ok(checked) => {
                    rulebooks.insert(checked.head.code.clone(), Arc::new(checked));
                }
                Err(flaws) => flaws.iter().for_each(|flaw| tell(&file, flaw)),
            },
            Ok(None) => tell(&file, &"it is larger than 1 MiB"),
            Err(error) => tell(&file, &error),
        }
    }
    if wrong.is_empty() {
        Ok(rulebooks)
    } else {
        Err(NotInstalled(wrong))
    }
}

/// The bytes of a file that may be a rulebook; none if it is larger than 1 MiB.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn bytes_of(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too long, whatever it is and however it grows.
    fs::File::open(file)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= FILE_BYTES_MAX).then_some(bytes))
}

/// A rulebook, checked among those that are shipped, from which it may inherit.
///
/// # Errors
/// Every flaw of the text, each with its line.
pub(crate) fn standing(bytes: &[u8]) -> Result<Checked, Vec<Flaw>> {
    let rulebook = read_bytes(bytes)?;
    let mut texts = BTreeMap::new();
    for ancestor in ancestry(&rulebook) {
        let known = read(ancestor)?;
        texts.insert(known.head.code.clone(), known);
    }
    texts.insert(rulebook.head.code.clone(), rulebook.clone());
    check(&rulebook, &texts)
}

#[cfg(test)]
mod tests {
    use std::fs::write;

    use super::*;

    const OWN: &str = include_str!("../../../domain/rulebooks/cn.service_hall.toml");

    #[test]
    fn a_folder_adds_to_what_is_shipped_and_says_all_that_is_wrong() {
        let folder = std::env::temp_dir().join(uuid::Uuid::now_v7().to_string());
        fs::create_dir(&folder).unwrap();
        let own = OWN.replace("\"cn.service_hall\"", "\"test.own_hall\"");
        write(folder.join("own.toml"), &own).unwrap();
        write(folder.join("notes.md"), "no rulebook").unwrap();
        let all = installed(Some(&folder)).unwrap();
        assert_eq!(all.len(), shipped_rulebooks().len() + 1);
        assert!(all.contains_key("test.own_hall"));

        write(folder.join("shipped.toml"), OWN).unwrap();
        write(
            folder.join("wrong.toml"),
            own.replace("owes   = \"registration\"", "owes = \"answer\""),
        )
        .unwrap();
        let told = installed(Some(&folder)).unwrap_err().to_string();
        assert!(
            told.contains("shipped.toml: `cn.service_hall` is there already"),
            "{told}"
        );
        assert!(told.contains("wrong.toml") && told.contains("reply"), "{told}");
        assert!(installed(Some(&folder.join("nowhere"))).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
