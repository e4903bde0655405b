//! Whether a line of a trace is what a machine would do next, and the machine after it.

use super::event::{Kind, Seen, What, seen};
use super::machine::{Machine, Place};
use super::vocabulary::{Code, Fault, Hook, Input, Output, Returned, SelfCall};
use crate::trace::ErrorLine;

/// Takes the machine past the line. `others` gets what else may have happened: ticks that leave no line may have run before it or not.
/// False if the machine cannot do so; it is then left where it had to differ.
pub(super) fn explain(machine: &mut Machine, what: &What<'_>, turn: u32, others: &mut Vec<Machine>) -> bool {
    if machine.place() == Place::Hidden {
        let mut without = machine.clone();
        without.leave_hidden();
        let with = matches!(what, What::Enter(_) | What::Nothing | What::Foreign(_))
            && explain_here(machine, what, turn, others);
        if explain(&mut without, what, turn, others) {
            if with {
                others.push(without);
            } else {
                *machine = without;
            }
            return true;
        }
        return with;
    }
    explain_here(machine, what, turn, others)
}

fn explain_here(machine: &mut Machine, what: &What<'_>, turn: u32, others: &mut Vec<Machine>) -> bool {
    match what {
        What::Nothing => true,
        What::Enter(input) => from_user(
            machine,
            turn,
            others,
            |machine| enters_itself(machine, *input, turn),
            |machine| machine.enter(*input),
        ),
        What::Return { name, ret, threw, len } => {
            let Place::Must(Output::Return(expected, returned)) = machine.place() else {
                return false;
            };
            let fits = expected == *name
                && match (returned, threw) {
                    (Returned::Threw(fault), Some(threw)) => same(machine, fault, threw),
                    (Returned::Threw(_), None) | (_, Some(_)) => false,
                    (Returned::Answer(answer), None) => ret.is_none_or(|ret| ret == answer),
                    (Returned::Plainly, None) => true,
                }
                && len.is_none_or(|len| len == machine.length());
            if fits {
                machine.set_turn(turn);
                machine.agree();
            }
            fits
        }
        What::Called(call) => called(machine, *call, turn, others),
        What::Foreign(hook) => {
            from_user(machine, turn, others, |_| false, |machine| machine.emitted_from_outside(*hook))
        }
        What::Errored(fault) => {
            machine.errored_from_outside(*fault);
            true
        }
        What::Left { kind, threw, readable_done } => {
            let Place::User(hook) = machine.place() else {
                return false;
            };
            if kind_of(hook) != *kind {
                return false;
            }
            if let Some(done) = readable_done {
                machine.readable_is_done(*done);
            }
            machine.set_turn(turn);
            machine.leave(seen(*threw));
            true
        }
    }
}

/// User code does something to the stream, which has to be at a place where user code may run.
fn from_user(
    machine: &mut Machine,
    turn: u32,
    others: &mut Vec<Machine>,
    itself: impl Fn(&mut Machine) -> bool,
    act: impl Fn(&mut Machine),
) -> bool {
    if matches!(machine.place(), Place::Must(_)) {
        return itself(machine);
    }
    if machine.place() == Place::Idle {
        while machine.front().is_some_and(|front| front.must_have_run(turn)) {
            machine.tick();
            if machine.place() != Place::Idle {
                return itself(machine);
            }
        }
        let mut ahead = None;
        while ahead
            .as_ref()
            .unwrap_or(machine)
            .front()
            .is_some_and(|front| front.may_have_run(turn) && front.may_be_silent())
        {
            let next = ahead.get_or_insert_with(|| machine.clone());
            next.tick();
            let mut other = next.clone();
            if next.place() != Place::Idle {
                if itself(&mut other) {
                    others.push(other);
                }
                break;
            }
            other.set_turn(turn);
            act(&mut other);
            others.push(other);
        }
    }
    machine.set_turn(turn);
    act(machine);
    true
}

/// The call is the stream's own, and the one that it must make.
fn enters_itself(machine: &mut Machine, input: Input, turn: u32) -> bool {
    let Place::Must(Output::SelfCall(SelfCall::Destroy(expected))) = machine.place() else {
        return false;
    };
    let fits = match (expected, input) {
        (None, Input::Destroy(None)) => true,
        (Some(expected), Input::Destroy(Some(Fault::Seen(id)))) => adopt(machine, expected, id, None),
        _ => false,
    };
    if fits {
        machine.set_turn(turn);
        machine.agree();
    }
    fits
}

fn called(machine: &mut Machine, seen: Seen<'_>, turn: u32, others: &mut Vec<Machine>) -> bool {
    // The readable side may report an error, in a tick of its own that is not known; so may `pipe` on a stream that cannot be read.
    let outside = match seen {
        Seen::Error(Some(err)) if matches!(machine.place(), Place::Idle | Place::User(_)) => {
            let mut other = machine.clone();
            other.set_turn(turn);
            other.error_from_outside(Fault::Seen(err.id)).then_some(other)
        }
        _ => None,
    };
    while machine.place() == Place::Idle && machine.front().is_some_and(|front| front.may_have_run(turn)) {
        machine.tick();
    }
    let by_itself = match machine.place() {
        Place::Must(Output::Call(hook)) => fits(machine, hook, seen),
        _ => false,
    };
    if by_itself {
        machine.set_turn(turn);
        machine.agree();
        others.extend(outside);
        return true;
    }
    let Some(outside) = outside else {
        return false;
    };
    *machine = outside;
    true
}

fn fits(machine: &mut Machine, hook: Hook, seen: Seen<'_>) -> bool {
    let told = |machine: &mut Machine, fault: Option<Fault>, err: Option<&ErrorLine<'_>>| match (fault, err) {
        (None, None) => true,
        (Some(fault), Some(err)) => same(machine, fault, err),
        _ => false,
    };
    match (hook, seen) {
        (Hook::Write(len), Seen::Sink { v: false, lens }) => lens == [len],
        (Hook::Writev(array), Seen::Sink { v: true, lens }) => machine.sizes(array).eq(lens.iter().copied()),
        (Hook::Construct, Seen::Construct)
        | (Hook::Final, Seen::Final)
        | (Hook::Drain, Seen::Drain)
        | (Hook::Prefinish, Seen::Prefinish)
        | (Hook::Finish, Seen::Finish)
        | (Hook::Close, Seen::Close) => true,
        (Hook::Destroy(fault), Seen::Destroy(err)) => told(machine, fault, err),
        (Hook::Error(fault), Seen::Error(err)) => told(machine, Some(fault), err),
        (Hook::WriteCallback(id, fault, arguments), Seen::WriteCallback { cb, err, argc })
        | (Hook::EndCallback(id, fault, arguments), Seen::EndCallback { cb, err, argc }) => {
            id == cb && argc.is_none_or(|argc| argc == arguments) && told(machine, fault, err)
        }
        _ => false,
    }
}

fn kind_of(hook: Hook) -> Kind {
    match hook {
        Hook::Write(_) | Hook::Writev(_) => Kind::Sink,
        Hook::Construct => Kind::Construct,
        Hook::Final => Kind::Final,
        Hook::Destroy(_) => Kind::Destroy,
        Hook::WriteCallback(..) => Kind::WriteCallback,
        Hook::EndCallback(..) => Kind::EndCallback,
        Hook::Drain | Hook::Prefinish | Hook::Finish | Hook::Error(_) | Hook::Close => Kind::Emit,
    }
}

/// Whether the error seen is the one expected. One that Node made gets its number here.
fn same(machine: &mut Machine, expected: Fault, err: &ErrorLine<'_>) -> bool {
    adopt(machine, expected, err.id, Some(err))
}

fn adopt(machine: &mut Machine, expected: Fault, id: u32, err: Option<&ErrorLine<'_>>) -> bool {
    match expected {
        Fault::Seen(known) => known == id,
        Fault::Fresh(code, number) => {
            // Of an error that leaves a call nothing may be known but that it does.
            let fits = err.is_none_or(|err| {
                err.name.is_empty()
                    || match code {
                        Code::Aggregate | Code::Internal => err.name == code.as_str(),
                        _ => err.code.as_deref() == Some(code.as_str()),
                    }
            });
            if fits && number > 0 {
                machine.replace(expected, Fault::Seen(id));
            }
            fits
        }
    }
}
