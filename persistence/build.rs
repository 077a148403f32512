//! Migrations are embedded at compile time; without this, a new one would be seen only after an unrelated change.
fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
