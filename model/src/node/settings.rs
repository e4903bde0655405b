//! The settings in which Node's rules are searched, each a little more than the plain one.

use super::setting::Setting;
use super::vocabulary::{Options, Version};

/// What most streams are made with. The mark is 2, so that two chunks reach it.
const OPTIONS: Options = Options {
    version: Version::V20,
    high_water_mark: 2,
    object_mode: false,
    emit_close: true,
    auto_destroy: true,
    has_writev: false,
    has_final: false,
    has_construct: false,
    duplex: false,
    switched_off: false,
    own_destroy: false,
};
const WRITEV: Options = Options { has_writev: true, ..OPTIONS };
const STAYS: Options = Options { auto_destroy: false, ..OPTIONS };
const CONSTRUCT: Options = Options { has_construct: true, ..OPTIONS };
const FINAL: Options = Options { has_final: true, ..OPTIONS };
const DUPLEX: Options = Options { duplex: true, ..OPTIONS };
const OBJECTS: Options = Options { object_mode: true, ..OPTIONS };
const SILENT: Options = Options { emit_close: false, ..OPTIONS };

/// User code that calls the stream from its main program alone.
const PLAIN: Setting = Setting {
    name: "plain",
    options: OPTIONS,
    wrong: None,
    writes: 3,
    empty: false,
    silent: true,
    late: false,
    producers: 0,
    ends: 1,
    end_callbacks: false,
    destroys: 0,
    corks: 0,
    failures: 0,
    throws: 0,
    again: 0,
    same_turn: false,
    never_at_once: false,
    mute_destroy: false,
    from_sink: false,
    from_callbacks: false,
    from_listeners: false,
    from_hooks: false,
};
/// User code that calls the stream from everywhere, and always with a callback.
const EVERYWHERE: Setting = Setting {
    name: "from everywhere",
    writes: 2,
    silent: false,
    from_sink: true,
    from_callbacks: true,
    from_listeners: true,
    from_hooks: true,
    ..PLAIN
};

/// The settings, by name.
#[must_use]
pub fn settings(version: Version) -> Vec<Setting> {
    let groups = [writing(), ending(), failing(), destroying(), misbehaving(), deep()];
    let mut all: Vec<Setting> = groups.into_iter().flatten().collect();
    for setting in &mut all {
        setting.options.version = version;
    }
    all
}

/// Nothing but writes and one end.
fn writing() -> Vec<Setting> {
    let sink = Setting { from_sink: true, ..PLAIN };
    let calling = Setting { silent: false, ..PLAIN };
    vec![
        PLAIN,
        Setting { name: "late sink", never_at_once: true, from_callbacks: true, ..PLAIN },
        Setting { name: "late sink, writev", never_at_once: true, options: WRITEV, corks: 1, ..calling },
        Setting { name: "four writes", writes: 4, ..PLAIN },
        Setting { name: "mark 0", options: Options { high_water_mark: 0, ..OPTIONS }, ..PLAIN },
        Setting { name: "objects", options: OBJECTS, writes: 4, ..PLAIN },
        Setting {
            name: "objects, writev",
            options: Options { has_writev: true, ..OBJECTS },
            corks: 1,
            ..PLAIN
        },
        Setting { name: "empty chunks", empty: true, ..PLAIN },
        Setting { name: "empty chunks, writev", empty: true, options: WRITEV, corks: 1, ..calling },
        Setting { name: "corked", corks: 1, options: WRITEV, ..PLAIN },
        Setting { name: "corked twice", corks: 2, ..PLAIN },
        Setting { name: "duplex", options: DUPLEX, ..PLAIN },
        Setting { name: "sink that writes", ..sink },
        Setting { name: "writev that writes", corks: 1, options: WRITEV, silent: false, ..sink },
        Setting { name: "sink that corks", corks: 1, ..sink },
        Setting { name: "callbacks that write", from_callbacks: true, ..PLAIN },
        Setting {
            name: "callbacks that write, writev",
            from_callbacks: true,
            options: WRITEV,
            corks: 1,
            ..calling
        },
        Setting { name: "listeners that write", from_listeners: true, ..PLAIN },
        Setting { name: "listeners that write, writev", from_listeners: true, options: WRITEV, ..PLAIN },
        Setting { name: "one polite producer", producers: 1, from_listeners: true, writes: 4, ..PLAIN },
        Setting { name: "two polite producers", producers: 2, from_listeners: true, ..calling },
        Setting {
            name: "two polite producers, mark 3",
            producers: 2,
            from_listeners: true,
            options: Options { high_water_mark: 3, ..OBJECTS },
            writes: 5,
            ..calling
        },
    ]
}

/// `end`, `_final` and `_construct`.
fn ending() -> Vec<Setting> {
    let told = Setting { end_callbacks: true, silent: false, ..PLAIN };
    vec![
        Setting { name: "write after end", late: true, ..PLAIN },
        Setting { name: "write after end, from everywhere", late: true, ..EVERYWHERE },
        Setting { name: "two ends", ends: 2, writes: 2, ..told },
        Setting { name: "two ends, from everywhere", ends: 2, end_callbacks: true, ..EVERYWHERE },
        Setting { name: "final", options: FINAL, writes: 2, ..told },
        Setting { name: "final that fails", options: FINAL, failures: 1, writes: 2, ..told },
        Setting { name: "final that calls", options: FINAL, from_hooks: true, writes: 2, corks: 1, ..told },
        Setting { name: "construct", options: CONSTRUCT, ..told },
        Setting { name: "construct that fails", options: CONSTRUCT, failures: 1, ..told },
        Setting {
            name: "construct that calls",
            options: CONSTRUCT,
            from_hooks: true,
            writes: 2,
            corks: 1,
            ..told
        },
        Setting {
            name: "construct that fails, no autoDestroy",
            options: Options { auto_destroy: false, ..CONSTRUCT },
            failures: 1,
            ..told
        },
        Setting {
            name: "final that fails, no autoDestroy",
            options: Options { auto_destroy: false, ..FINAL },
            failures: 1,
            ..told
        },
    ]
}

/// A sink that fails.
fn failing() -> Vec<Setting> {
    let fails = Setting { failures: 1, ..PLAIN };
    vec![
        Setting { name: "failing sink", ..fails },
        Setting { name: "failing sink, end called back", end_callbacks: true, silent: false, ..fails },
        Setting { name: "failing sink, corked", corks: 1, ..fails },
        Setting {
            name: "failing sink, corked, callbacks that call",
            corks: 1,
            from_callbacks: true,
            silent: false,
            ..fails
        },
        Setting { name: "failing sink, writev", corks: 1, options: WRITEV, silent: false, ..fails },
        Setting { name: "failing sink, duplex", options: DUPLEX, ..fails },
        Setting { name: "failing sink, no autoDestroy", options: STAYS, ..fails },
        Setting {
            name: "failing sink, no autoDestroy, corked",
            options: STAYS,
            corks: 1,
            silent: false,
            ..fails
        },
        Setting {
            name: "failing sink, no autoDestroy, end called back",
            options: STAYS,
            end_callbacks: true,
            silent: false,
            ..fails
        },
        Setting { name: "failing sink that writes", from_sink: true, ..fails },
        Setting { name: "failing sink, callbacks that write", from_callbacks: true, silent: false, ..fails },
        Setting { name: "failing sink, listeners that write", from_listeners: true, silent: false, ..fails },
        Setting { name: "late sink that fails", never_at_once: true, ..fails },
        Setting { name: "sink that fails twice", failures: 2, ..PLAIN },
    ]
}

/// `destroy`.
fn destroying() -> Vec<Setting> {
    let destroyed = Setting { destroys: 1, ..PLAIN };
    let told = Setting { end_callbacks: true, silent: false, ..destroyed };
    vec![
        Setting { name: "destroy", ..destroyed },
        Setting { name: "destroy, end called back", ..told },
        Setting { name: "destroy with an error", failures: 1, silent: false, ..destroyed },
        Setting { name: "destroy twice", destroys: 2, failures: 1, silent: false, ..destroyed },
        Setting { name: "destroy, corked", corks: 1, silent: false, ..destroyed },
        Setting {
            name: "destroy, writev",
            corks: 1,
            options: WRITEV,
            from_callbacks: true,
            silent: false,
            ..destroyed
        },
        Setting { name: "destroy, duplex", options: DUPLEX, ..told },
        Setting { name: "destroy, no autoDestroy", options: STAYS, ..told },
        Setting { name: "destroy, no emitClose", options: SILENT, ..told },
        Setting { name: "destroy, final", options: FINAL, writes: 2, ..told },
        Setting {
            name: "destroy, final, from listeners",
            options: FINAL,
            from_listeners: true,
            writes: 1,
            ..told
        },
        Setting { name: "destroy from callbacks", from_callbacks: true, writes: 1, ..told },
        Setting { name: "destroy, construct", options: CONSTRUCT, failures: 1, writes: 2, ..told },
        Setting { name: "destroy from the sink", from_sink: true, ..destroyed },
        Setting {
            name: "destroy with an error from listeners",
            from_listeners: true,
            failures: 1,
            silent: false,
            writes: 1,
            ..destroyed
        },
        Setting { name: "destroy from listeners", from_listeners: true, silent: false, ..destroyed },
        Setting { name: "destroy from everywhere", destroys: 1, ..EVERYWHERE },
        Setting { name: "destroy that never calls back", mute_destroy: true, ..told },
    ]
}

/// User code that breaks the rules of its side.
fn misbehaving() -> Vec<Setting> {
    let again = Setting { again: 1, ..PLAIN };
    let throws = Setting { throws: 1, ..PLAIN };
    let calling = Setting { silent: false, ..throws };
    vec![
        Setting { name: "sink that calls back in the same turn", same_turn: true, ..PLAIN },
        Setting {
            name: "sink that calls back in the same turn, failing",
            same_turn: true,
            failures: 1,
            ..PLAIN
        },
        Setting { name: "one write, called back twice", writes: 1, ends: 0, ..again },
        Setting { name: "sink that calls back twice", ..again },
        Setting {
            name: "sink that calls back twice, writev",
            options: WRITEV,
            corks: 1,
            silent: false,
            ..again
        },
        Setting {
            name: "final that calls back twice",
            options: FINAL,
            writes: 2,
            end_callbacks: true,
            silent: false,
            ..again
        },
        Setting { name: "construct that calls back twice", options: CONSTRUCT, silent: false, ..again },
        Setting { name: "destroy that calls back twice", destroys: 1, silent: false, ..again },
        Setting { name: "exceptions", ..throws },
        Setting { name: "exceptions, end called back", end_callbacks: true, writes: 2, ..calling },
        Setting { name: "exceptions, writev", options: WRITEV, ..calling },
        Setting { name: "exceptions and failures", failures: 1, ..throws },
        Setting { name: "exceptions, destroy", destroys: 1, ..calling },
        Setting { name: "exceptions, construct", options: CONSTRUCT, writes: 2, ..calling },
        Setting { name: "exceptions, final", options: FINAL, end_callbacks: true, writes: 2, ..calling },
    ]
}

/// Much of it at once.
fn deep() -> Vec<Setting> {
    vec![
        EVERYWHERE,
        Setting { name: "four writes from everywhere", writes: 4, ..EVERYWHERE },
        Setting { name: "everything, two writes", ends: 2, destroys: 1, failures: 1, corks: 1, ..EVERYWHERE },
        Setting {
            name: "four writes, two ends, two destroys",
            writes: 4,
            ends: 2,
            destroys: 2,
            silent: false,
            ..PLAIN
        },
    ]
}

/// Larger ones, for which there is no time in every test run.
#[must_use]
pub fn large_settings(version: Version) -> Vec<Setting> {
    let all = Setting { ends: 2, end_callbacks: true, destroys: 1, failures: 1, corks: 1, ..EVERYWHERE };
    let both = Options { has_construct: true, has_final: true, ..WRITEV };
    let mut large = vec![
        Setting { name: "everything, writev", options: WRITEV, ..all },
        Setting { name: "everything, construct and final", options: both, ..all },
        Setting { name: "everything, no autoDestroy", options: STAYS, ..all },
        Setting { name: "everything, destroyed twice", destroys: 2, ..all },
        Setting {
            name: "four writes from everywhere, writev",
            writes: 4,
            corks: 1,
            options: WRITEV,
            ..EVERYWHERE
        },
        Setting { name: "three writes, failures from everywhere", writes: 3, failures: 2, ..EVERYWHERE },
        Setting {
            name: "four writes, failures and destroys",
            writes: 4,
            failures: 2,
            destroys: 2,
            ends: 2,
            silent: false,
            ..PLAIN
        },
    ];
    for setting in &mut large {
        setting.options.version = version;
    }
    large
}
