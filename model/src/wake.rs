//! The wake protocol of a writer whose writes take no lock, as a model of its own: two threads, their store buffers, one lock.
//!
//! The producer `P` (a writer with one owner, or whoever holds the producers' lock of a shared one) writes into a ring; the drain thread `D` takes
//! bytes out and gives them to the sink. P must not pay for a fence or a lock on each write, and D must not sleep over bytes. This page states the
//! protocol line by line; the files beside it run every interleaving of it, on machines that delay and reorder stores, and check
//!
//! - that each step is a step of the contract, or two, or none ([`refine`], which also says where each call takes effect);
//! - that no wake-up is lost, that when nothing moves nothing is owed, that the flags tell the truth ([`properties`]);
//! - that on runs that never stop nothing stays owed for ever ([`fair`]);
//! - that protocols with one instruction wrong break one of these ([`mutants`]), and that the races in question occur ([`races`]).
//!
//! # What is shared
//!
//! Positions count bytes since the stream began. They are 64 bits wide, so that they never wrap; byte `n` is in cell `n mod C` of the ring.
//!
//! | without the lock | stored by | loaded by |
//! |---|---|---|
//! | `tail`: bytes written | P, `Release` | D, `Acquire` (pairs: D sees the bytes below it); under the lock by anybody |
//! | `head`: bytes taken | under the lock, `Release`, by whoever notes the sink's answer: D, or P after a try | P, `Acquire` (pairs: D and the sink are done with the cells below it), only if its cached copy is not enough |
//! | `wake_at`: the tail at which P must wake D, or `NEVER` | under the lock, `Relaxed`: by D to announce its sleep, by whoever wakes D, by D when it is awake, by P around a try | P, `Relaxed`, after its store of `tail` |
//! | `attention`: 0, or `OWED`, `NOT_OPEN`, or both | under the lock, `Relaxed`, by whoever changes what it says, before unlocking | P, `Relaxed`, first of all in a write |
//!
//! | under the lock | |
//! |---|---|
//! | phase, closed, owed, `r`, corks, flush requests, failure | as in the contract |
//! | the drain generation, and the reason for which phase open was left: **the first one stays** | what a wait is told |
//! | handles (wakers) of those who wait for a drain, a flush, `close` | put by who waits, taken by who unparks |
//! | `asleep` | D waits on the condvar `work`, or is about to, or was not yet able to run since |
//! | `lingering` | it does so in the rest of that name (see D, c), which P may cut short by taking the sink; only if `asleep` |
//! | `trying` | P has taken the sink: the one call in progress is P's |
//! | `pace` | what D has done since the last sink call: *fresh*, nothing; *spun*; *rested*, it has slept, for whatever reason the sleep ended |
//!
//! `asleep` false implies `wake_at` = `NEVER` whenever the lock is free. The converse does not hold: D sleeping over corked bytes is asleep and
//! no byte can wake it. So who holds the lock asks `asleep`, never `wake_at`, whether D sleeps.
//!
//! `wake()`, under the lock: if `asleep`, then `asleep` = `lingering` = false, `wake_at` = `NEVER`, notify `work`. Nobody else notifies `work`.
//!
//! # P: write(chunk)
//!
//! 1. Load `attention`. If it is not 0: slow path. An empty chunk is answered `Continue` here.
//! 2. With `t` = its own tail and the cached head: if `t + len - head >= H`, load `head` into the cache and ask again; if that still holds: slow path. Only
//!    then copy the chunk. `H <= C`, so this one comparison says that the chunk fits, too.
//! 3. Store `tail = t + len`.
//! 4. *Light fence.* Then load `wake_at`. If `t + len >= wake_at`: lock; try the sink (below), or `wake()`; unlock. The condition is not
//!    asked again under the lock: if D has run since, `asleep` is false, or it sleeps again and is woken in vain, which is harmless.
//! 5. Answer `Continue`.
//!
//! Slow path: lock; cache `head`, which is exact here; answer by the contract with `b = tail - head`. If accepted, copy and store `tail`. If the answer
//! is `Pause` or `Full`: owed = true, store `attention`. If so, or if `tail >= wake_at`: `wake()`. Unlock.
//!
//! # P: trying
//!
//! A sink that can say "not now" (a pipe, written with a call that does not block) may be called by P in D's place, so that the bytes need not cross
//! to D's core. P may, and need not, do so in step 4, and nowhere else:
//!
//! - **t1** Under the lock, if `lingering`, no cork holds the bytes, and `tail > head` (D may have taken them since): `trying` = true, `wake_at = NEVER`;
//!   unlock; call the sink with the bytes from `head` up to `tail` or the end of the ring. `asleep` and `lingering` stay: D waits on. That the phase is
//!   open, no drain owed, no flush asked for and the sink idle follows from `lingering`: whoever changes one of these wakes D.
//! - **t2** When the call returns: lock; `trying` = false; note the answer as D does in f. Not now, or interrupted: nothing is noted, nothing has failed. No
//!   drain is owed, as P's write was a fast one and nobody else writes, so none is due. Cache `head`.
//! - **t3** If `lingering` and `tail = head`: `pace` = fresh, `wake_at = head + batch`, without a fence, because only P loads it; D lingers on. **Else `wake()`**: bytes
//!   are left (after a part, at the ring's end, not now, a failure), or D is kept from the sink, or was woken to end, flush or close. Unlock; answer `Continue`.
//!
//! Another handle may end, destroy or ask for a flush during the call; if they wait for the producers' lock in a shared writer, there are fewer
//! runs, not other ones. `close` comes after P's note, which wakes D. A panic of the sink is a failure, and P must catch it.
//!
//! These would be fatal: trying while D sleeps *deep*, because nothing then ends its sleep over the bytes below the next batch; leaving `lingering` set
//! while D is kept from the sink, for the same reason; noting without `wake()` when D is kept from it. These cost a time limit, and no more: not
//! waking a D that still lingers when bytes are left or the sink has failed, and not storing `wake_at` again.
//!
//! # P: everything else
//!
//! Each is one critical section, entered while no write is under way, but for one that has the sink (a shared writer takes the producers' lock first, then this one).
//!
//! - *End*, *destroy*: change the phase; note the reason; forget owed, `r`, corks; *destroy* gives flush requests up; store `attention`; `wake()`; take the
//!   handles concerned; unlock; unpark them.
//! - *Flush*: register the request at `tail`; `wake()`. *Cork*: count. *Uncork*: count, `wake()`.
//! - *Wait for a drain*: registered under the lock with the drain generation of now, only if a drain is owed. Then `loop`: lock; if the generation has
//!   changed: drained; else if the reason is set: told so; else put the handle (**each time round**); unlock; park. Park may return for no reason, or for a
//!   token meant for an earlier wait. A flush and `close` are waited for in the same way. With a condvar, waiting is putting the handle and parking in one.
//!   Giving up: lock, look a last time, withdraw the request and the handle, unlock.
//! - *Hand-back*: after `close`, the owner reads where the bytes end: in P's own `tail`, or holding the producers' lock. D must not have read it
//!   at `close`: a fast write may have been under way when the sink failed, and it is answered `Continue`.
//!
//! # D
//!
//! D has a variable of its own: `seen`, the tail that it saw when it last decided to offer bytes. It begins with `seen` = 0 and `pace` fresh.
//!
//! - **a** Lock. If `asleep`: `asleep` = `lingering` = false, `wake_at = NEVER` (it woke by itself, or for no reason). If `trying`: D is *kept
//!   from the sink*, and can neither call it nor close: `asleep` = true, go to e with no time limit. `wake_at` is `NEVER`: P's note will wake it.
//! - **b** Load `tail`. What is there to do, in this order?
//!   - The phase is finished, failed or destroyed: closed; take the handles of those who wait for it; unlock; unpark; end.
//!   - A flush request is due, or ending and `tail = head`: unlock; flush the sink; go to f.
//!   - `tail > head`, the bytes are not held by a cork, and one of: a drain is owed, a flush is asked for, ending, at least a batch of bytes,
//!     `head < seen`, or rested: `seen = tail`; unlock; offer the bytes up to `tail` or the end of the ring; go to f. So what is left of an offer
//!     (after a short take, an interruption, a pause, or at the ring's end) is offered at once.
//! - **c** Nothing. D passes the time in one of these ways, of which it may choose; the rests are entered **still under the lock**:
//!   - *spin*, only if fresh: `pace` = spun; unlock; look for a while; go to a. So it spins at most once between two sink calls.
//!   - *lingering*, only if fresh or spun, over an empty ring or bytes not held by a cork: `target = tail + batch`, with a time limit.
//!     Not `head + batch`: with nearly a batch there, P would pay for a wake-up a few writes later.
//!   - *deep*: `target = tail + 1` with the tail of b, no time limit; only if `tail = head`.
//!   - *held*: `target = NEVER`, no time limit; if there are bytes and a cork holds them.
//! - **d** `asleep` = true; if lingering, `lingering` = true; store `wake_at = target`. If deep: *heavy fence*. If deep or lingering: load `tail` again; if `tail >= target`:
//!   `asleep` = `lingering` = false, `wake_at = NEVER`, unlock, go to a. No byte ends a held rest, so it has neither fence nor second look.
//! - **e** `pace` = rested. Wait on `work`, which unlocks. When it returns, for whatever reason, go to a.
//! - **f** After a sink call: lock; `pace` = fresh; note the answer; go to a.
//!   - Bytes taken: store `head`; **then** see if the drain is due (`b <= L` and `b + r <= C`, with `b = tail - head`); if so: owed = false, `r` = 0, store
//!     `attention`, next generation, take the handles of the waits. Unlock; unpark them.
//!   - Flushed: complete the due requests; if ending and `tail = head`: finished. Take the handles, unlock, unpark.
//!   - Failed: if destroyed, keep the failure for the hand-back. Else the phase, the reason (if there is none yet), give up the flush requests, owed, `r`,
//!     corks; store `attention`; take the handles, unlock, unpark.
//!   - Interrupted: nothing. Would block, where that is retried: `asleep` = true and go to e, with a time limit; `wake_at` stays `NEVER`, and there is no
//!     second look, because no byte ends this pause. Any `wake()` does; who must wait the pause out waits again until its deadline or the end of the phase.
//!
//! # A task in place of D
//!
//! The driver of an asynchronous sink is D with fewer ways to pass the time, so what is searched here holds for it, line by line:
//!
//! - One poll is a round from a on. It neither spins nor lingers: of the rests in c it has *deep* and *held*, which D may choose alone. Its waker is stored under the lock before
//!   it unlocks, where D begins to wait; `wake()` takes it out and calls it after the unlock, in place of the notify. A waker that is called before its poll has returned has
//!   the task polled once more, like a notify that comes between the unlock and the sleep.
//! - It may be polled for no reason, as D may wake for none: a.
//! - A call of the sink that is pending is a call in progress between b and f: the lock is free, and no byte wakes D. *Destroy* need not wait for it: under the same lock it notes an
//!   interruption, the one answer that changes nothing but that the sink is idle, and then `wake()`. It is P's note after a try, t2 and t3, in phase destroyed.
//! - If the heavy fence is refused it does not rest at all, but has itself polled again.
//! - It is dropped: D takes its last steps there, and each call of the sink fails.
//!
//! # Why no wake-up is lost
//!
//! Everything but a fast write changes what D looks at under the lock, which D holds from b to e, and wakes D if it sleeps. That leaves the fast write
//! to a D that sleeps deep: it stores `tail` and then loads `wake_at`; D stores `wake_at` and then loads `tail`. One of the two must see the other's store, and a machine promises that only if
//! a full fence stands between store and load on *both* sides. Two builds:
//!
//! - *asymmetric*: light = a compiler fence (`compiler_fence(SeqCst)`); heavy = a barrier on every running thread of the process
//!   (`membarrier(PRIVATE_EXPEDITED)`). P's program is then interrupted by a full fence either before its load of `wake_at`, which sees D's store, or after its
//!   store of `tail`, which D sees. The registration, and the choice between the two builds, are made before either thread runs, for both.
//! - *plain*: `fence(SeqCst)` on both sides.
//!
//! Lingering does without: the barrier would interrupt a producer that is writing. P may then miss the target, and D the bytes in its second look,
//! which costs no more than the time limit; where the limit is long the writer has the fence all the same. When it is over, D looks under the lock, and before it sleeps without a limit there is the fence.
//!
//! If P sees the target, it takes the lock to notify, and so cannot do so between D's second look and D's wait. It may have to wait for the lock as long
//! as the heavy fence takes. [`config::Variant`] lists what may be changed: notifying after the unlock on the fast path; letting go of the lock around
//! the heavy fence, which only a deep rest has, if D then asks `asleep` again under the lock; leaving `asleep` and `wake_at`, but
//! not `lingering`, to D.
//!
//! # What the model leaves out
//!
//! - P's critical sections are single steps: nobody looks without the lock at what they change but P itself.
//! - A load of `attention` that the machine satisfies early may miss a failure that comes before the write in time, but not one that anything P has seen
//!   comes after. The write then takes effect before the failure, like one that was under way.
//! - One waiter of each kind, one flush request at a time: that a drain wakes all of them is not for this model to say.
//! - That the `Release` of `head` keeps the sink's reads before it: loads do not move past stores here. The `Acquire` loads likewise.
//! - Sink answers that differ only in their cause, and bytes of unknown fate, are plain failures.
//! - An observer that writes on the drain thread is P there: D is awake, and looks before it sleeps.

mod attempt;
pub mod config;
pub mod describe;
mod drain;
pub mod fair;
mod fast;
pub mod graph;
pub mod memory;
pub mod model;
pub mod mutants;
mod note;
pub mod properties;
pub mod races;
pub mod refine;
mod slow;
pub mod state;
mod steps;
pub mod threads;
