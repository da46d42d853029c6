//! See `deferlint_testkit::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| deferlint_testkit::fuzz::frames(data));
