//! What is due, fired by several replicas that are killed, and among very many duties that are not due.
//!
//! Some open cases are led through the service ([`crowd`]) and copied. The database's clock is set forward by a function
//! of its own in front of the server's: the replicas go by it and not by their machine, which thereby is weeks behind.
//!
//! **Killed** ([`Sweep`]): what must come out is told by one replica in peace, on the cases that the others are copied
//! from. Then three replicas sweep the copies, killed (SIGKILL) at random and started again, until nothing is due. In the
//! end the table of events is held against what came out in peace: each copy must have the same entries, of the same
//! kinds, with the same times and steps, in the same order, none twice and none missing, and its chain must be whole.
//!
//! **Among many** ([`Due`]): the same cases become due among few open duties and among many, in turn, and how long their
//! batches took is compared.

mod crowd;
mod due;
mod killed;

pub(crate) use due::Due;
pub(crate) use killed::Sweep;
