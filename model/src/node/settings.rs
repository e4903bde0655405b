//! The settings in which Node's rules are searched, each a little more than the plain one.

use super::vocabulary::{Options, Version};
use super::world::Setting;

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

/// User code that calls the stream from its main program alone.
const PLAIN: Setting = Setting {
    name: "plain",
    options: OPTIONS,
    writes: 3,
    empty: false,
    silent: true,
    ends: 1,
    destroys: 0,
    corks: 0,
    failures: 0,
    throws: 0,
    extra: 0,
    from_sink: false,
    from_callbacks: false,
    from_listeners: false,
};

/// The settings, by name.
#[must_use]
pub fn settings(version: Version) -> Vec<Setting> {
    let with = |change: fn(&mut Options)| {
        let mut options = OPTIONS;
        change(&mut options);
        options
    };
    let writev = with(|options| options.has_writev = true);
    let open = with(|options| options.auto_destroy = false);
    let mut all = vec![
        PLAIN,
        Setting { name: "empty chunks", empty: true, ..PLAIN },
        Setting { name: "corked", corks: 1, options: writev, ..PLAIN },
        Setting { name: "sink that writes", from_sink: true, ..PLAIN },
        Setting {
            name: "writev that writes",
            from_sink: true,
            corks: 1,
            options: writev,
            silent: false,
            ..PLAIN
        },
        Setting { name: "callbacks that write", from_callbacks: true, ..PLAIN },
        Setting { name: "listeners that write", from_listeners: true, ..PLAIN },
        Setting { name: "listeners that write, writev", from_listeners: true, options: writev, ..PLAIN },
        Setting { name: "failing sink", failures: 1, ..PLAIN },
        Setting { name: "failing sink, no autoDestroy", failures: 1, options: open, ..PLAIN },
        Setting { name: "failing sink that writes", failures: 1, from_sink: true, ..PLAIN },
        Setting { name: "destroy", destroys: 1, ..PLAIN },
        Setting {
            name: "destroy from anywhere",
            destroys: 1,
            from_sink: true,
            from_callbacks: true,
            from_listeners: true,
            writes: 2,
            ..PLAIN
        },
        Setting { name: "destroy, writev", destroys: 1, options: writev, from_callbacks: true, ..PLAIN },
        Setting { name: "sink that calls back twice", extra: 1, ..PLAIN },
        Setting { name: "sink that calls back twice, writev", extra: 1, options: writev, ..PLAIN },
        Setting { name: "exceptions", throws: 1, ..PLAIN },
        Setting { name: "exceptions, writev", throws: 1, options: writev, silent: false, ..PLAIN },
        Setting { name: "exceptions and failures", throws: 1, failures: 1, ..PLAIN },
        Setting {
            name: "construct",
            options: with(|options| options.has_construct = true),
            failures: 1,
            ..PLAIN
        },
        Setting {
            name: "final",
            options: with(|options| options.has_final = true),
            failures: 1,
            writes: 2,
            ..PLAIN
        },
        Setting { name: "mark 0", options: with(|options| options.high_water_mark = 0), ..PLAIN },
        Setting { name: "duplex", options: with(|options| options.duplex = true), destroys: 1, ..PLAIN },
    ];
    for setting in &mut all {
        setting.options.version = version;
    }
    all
}
