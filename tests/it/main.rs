fn main_placeholder() {}
