mod api;
mod args;
mod client;
mod keys;
mod mapping;
mod session;
mod wire;
fn main() {}
