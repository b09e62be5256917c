//! What must stay legible.
