//! Turns that a case of the tobacco company (R03) can take besides its way, and what came before the
//! service.
