//! What functions do beyond their results: recovering, ending, and changing what they are given.

mod ending;
mod handling;
mod reach;
mod recover;
mod support;
