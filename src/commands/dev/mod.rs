//! Commands for anyone who works on gonogo itself: they verify and measure how histories are read.

pub mod verify_delta;
pub mod walk;
