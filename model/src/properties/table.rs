//! The table of clauses: what SPEC.md says and what checks it, in SPEC.md's order.

use super::{CLAUSES_MAX, Check, Clause, Obligation, drain, end, error, liveness, order, write};

const fn step(
    id: &'static str,
    sentence: &'static str,
    check: fn(&super::Edge<'_>) -> super::Verdict,
) -> Clause {
    Clause { id, sentence, check: Check::Step(check) }
}

const fn owed(id: &'static str, sentence: &'static str, obligation: Obligation) -> Clause {
    Clause { id, sentence, check: Check::Owed(obligation) }
}

/// Every clause that has a property.
pub static CLAUSES: [Clause; CLAUSES_MAX] = [
    step("W-01", "A write takes the whole chunk or none of it.", write::w_01),
    step("W-02", "In phase open a chunk is accepted exactly when `b + len <= C`.", write::w_02),
    step(
        "W-03",
        "An accepted write answers `Continue` exactly when no drain was owed before it and `b < H` after it, and `Pause` otherwise.",
        write::w_03,
    ),
    step(
        "W-04",
        "While a drain is owed no write answers `Continue`, whichever producer makes it (the *sticky* rule).",
        write::w_04,
    ),
    step(
        "W-05",
        "A chunk with `len > C` is refused with `TooLarge`, and no drain becomes owed by it.",
        write::w_05,
    ),
    step("W-06", "A chunk with `len <= C` and `b + len > C` is refused with `Full`.", write::w_06),
    step("W-07", "An empty chunk in phase open is accepted and changes nothing.", write::w_07),
    step("W-08", "A write after *end* is refused with `AfterEnd`.", write::w_08),
    step("W-09", "A write after *destroy* is refused with `Destroyed`.", write::w_09),
    step(
        "W-10",
        "A write after an error is refused with `Errored` each time, with the cause of that error.",
        write::w_10,
    ),
    step("W-11", "For all producers, polite or not, `b <= C` at every moment.", write::w_11),
    step(
        "W-12",
        "With `P` producers, all polite, and chunks of at most `m` bytes, `b <= H - 1 + P * m` at every moment; for one producer `b <= H - 1 + m`.",
        write::w_12,
    ),
    step(
        "W-13",
        "While corked in phase open the sink is offered bytes only for an owed drain that is not yet due, or for a pending flush request.",
        write::w_13,
    ),
    step(
        "W-14",
        "Each *uncork* undoes one *cork*, an *uncork* without a *cork* changes nothing, and *end* undoes them all.",
        write::w_14,
    ),
    step("D-01", "A drain becomes owed exactly when a write answers `Pause` or `Full`.", drain::d_01),
    step("D-02", "A `drain` is emitted only when one is owed.", drain::d_02),
    step("D-03", "A `drain` is emitted only when `b <= L`.", drain::d_03),
    step(
        "D-04",
        "A `drain` is emitted only when the longest chunk refused since the last one would fit, `b + r <= C`.",
        drain::d_04,
    ),
    step(
        "D-05",
        "A `drain` settles what is owed: however many writes answered `Pause` or `Full`, the next `drain` needs a new one.",
        drain::d_05,
    ),
    step("D-06", "No `drain` is emitted after *end*, an error or *destroy*.", drain::d_06),
    step("D-07", "A `drain` wakes every registered wait.", drain::d_07),
    step(
        "D-08",
        "A wait made while no drain is owed, or outside phase open, is answered at once and not registered.",
        drain::d_08,
    ),
    step(
        "D-09",
        "*End*, an error and *destroy* wake every registered wait with the reason, and never as if it had drained.",
        drain::d_09,
    ),
    step(
        "D-10",
        "A wait that was given up is not woken, and giving it up changes nothing else.",
        drain::d_10,
    ),
    step(
        "O-01",
        "The bytes taken are at every moment a prefix of the bytes accepted, in order: none lost, none twice, none changed.",
        order::o_01,
    ),
    step(
        "O-02",
        "At every moment the bytes accepted are the bytes taken and the bytes buffered.",
        order::o_02,
    ),
    step("O-03", "At close the bytes accepted are the bytes taken and the bytes handed back.", order::o_03),
    step(
        "O-04",
        "A call to the sink's *write* offers at least one byte, and what it offers is a prefix of the bytes buffered, so a short write goes on where it stopped.",
        order::o_04,
    ),
    step("O-05", "The sink has at most one call in progress.", order::o_05),
    owed(
        "L-01",
        "Every accepted byte is taken with no further call of a producer, unless the stream is corked, fails or is destroyed.",
        liveness::L_01,
    ),
    owed(
        "L-02",
        "Every owed drain is emitted, unless the stream ends, fails or is destroyed first, for any number of polite producers.",
        liveness::L_02,
    ),
    owed("L-03", "*End* leads to `finish`, `error` or *destroy*.", liveness::L_03),
    owed("L-04", "`finish`, `error` and *destroy* lead to `close`.", liveness::L_04),
    owed("L-05", "Every flush request is completed, or told why it cannot be.", liveness::L_05),
    owed(
        "L-06",
        "Every registered wait is woken or given up, for any number of polite producers.",
        liveness::L_06,
    ),
    step("E-01", "A second *end*, or an *end* after an error or *destroy*, changes nothing.", end::e_01),
    step("E-02", "`finish` is emitted at most once, and only after *end*.", end::e_02),
    step("E-03", "`finish` is emitted only when every accepted byte is taken.", end::e_03),
    step(
        "E-04",
        "`finish` is emitted only when a flush of the sink, called after the last byte was taken, has succeeded.",
        end::e_04,
    ),
    step(
        "E-05",
        "`close` is emitted at most once, and only after `finish`, an `error` or *destroy*.",
        end::e_05,
    ),
    step("E-06", "`close` is last: after it no event is emitted and the sink is not called.", end::e_06),
    step(
        "E-07",
        "A flush request is completed as flushed only when all bytes accepted before it are taken and a flush of the sink, called after that, has succeeded.",
        end::e_07,
    ),
    step(
        "E-08",
        "When the stream fails or is destroyed, every flush request still pending is told the reason.",
        end::e_08,
    ),
    step(
        "E-09",
        "While a flush request is due, no further bytes are offered before the sink is flushed.",
        end::e_09,
    ),
    step("E-10", "A flush request is not held back by a cork.", end::e_10),
    step("X-01", "`error` is emitted at most once, and before `close`.", error::x_01),
    step("X-02", "`error` and `finish` exclude each other.", error::x_02),
    step("X-03", "After an error or *destroy* no call to the sink is begun.", error::x_03),
    step(
        "X-04",
        "*Destroy* takes effect at once in every phase before finished and failed, and `close` then waits for nothing but the sink call in progress.",
        error::x_04,
    ),
    step("X-05", "`Interrupted` takes nothing and fails nothing: the call is made again.", error::x_05),
    step(
        "X-06",
        "An answer of 0 bytes to a write that offered some fails the stream with `WriteZero`.",
        error::x_06,
    ),
    step(
        "X-07",
        "`WouldBlock` fails the stream unless retries are allowed; where they are, it is as `Interrupted`.",
        error::x_07,
    ),
    step(
        "X-08",
        "An error answer means that none of that call's bytes were taken, and fails the stream with that error as the cause.",
        error::x_08,
    ),
    step(
        "X-09",
        "A panic of the sink is caught and fails the stream, and the bytes of that call are handed back as unknown.",
        error::x_09,
    ),
    step(
        "X-10",
        "A sink that claims more bytes than it was offered fails the stream with `InvalidData`, and the bytes of that call are handed back as unknown.",
        error::x_10,
    ),
    step(
        "X-11",
        "After *destroy* no `error` is emitted: what the sink call in progress answers is handed back with the bytes.",
        error::x_11,
    ),
];
