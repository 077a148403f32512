//! Directories that live as long as what they serve, and leftovers that do not live longer than a run.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const PREFIX: &str = "huiyin-tests-";

/// The file whose lock says that the directory's owner is alive; the system lets go of it when he is not.
const ALIVE: &str = "alive";

/// A directory of our own among the system's temporary files, removed when dropped.
///
/// What a killed run leaves behind is removed by the next run. A PostgreSQL server that should still
/// be running in such a directory stops by itself within a minute of losing it.
#[derive(Debug)]
pub(crate) struct RunDirectory {
    path: PathBuf,
    alive: File,
}

impl RunDirectory {
    /// Makes a new, empty directory.
    pub(crate) fn create() -> io::Result<Self> {
        static SWEPT: OnceLock<()> = OnceLock::new();
        SWEPT.get_or_init(sweep);

        let path = std::env::temp_dir().join(format!("{PREFIX}{}", unique_word()));
        fs::create_dir(&path)?;
        // Locked first and named afterwards: nobody finds it between the two and takes us for dead.
        let unnamed = path.join("alive.new");
        let alive = File::create(&unnamed)?;
        alive.lock()?;
        fs::rename(unnamed, path.join(ALIVE))?;
        Ok(Self { path, alive })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The lock, for somebody who needs the directory after we are gone, to hold as well.
    pub(crate) fn share(&self) -> io::Result<File> {
        self.alive.try_clone()
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run.
        drop(fs::remove_dir_all(&self.path));
    }
}

/// A word that nobody else on this machine uses: the process, the moment, and a count.
pub(crate) fn unique_word() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let moment = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    format!(
        "{:x}_{moment:x}_{}",
        process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// Removes the directories whose owners are gone. What belongs to another user stays: it cannot be removed.
fn sweep() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        if File::open(entry.path().join(ALIVE)).is_ok_and(|alive| alive.try_lock().is_ok()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}
