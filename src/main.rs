//! The command line: reads what was asked, hands it to the library, says what came of it.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use via_site::command::{self, Arguments};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    command::run(&Arguments::parse())
}
