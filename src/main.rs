//! The program: everything is in the library, so that tests and benches use the same code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
