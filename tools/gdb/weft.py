# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Green threads in gdb, of a process or of a core file. (gdb's own
generate-core-file leaves out what lies near the guards of stacks; the kernel's
core files have it.)

    (gdb) source /usr/local/share/weft/weft.py
    (gdb) info green-threads          who they are, what they wait for, where they stand
    (gdb) info green-threads -q       the same without the stacks
    (gdb) green-thread 12 COMMAND     runs a command there (bt, if none is given)

Needs libweft's debugging information. Nothing of the process is changed: a
green thread's stack is shown as the caller of the frame in which gdb's thread
stands, by an unwinder that knows what a switch has saved.
"""

import re
import struct

import gdb
import gdb.unwinder

# What weft_switch and weft_turn leave at the stack pointer, in words: src/os/context.cpp.
SAVED = {
    "i386:x86-64": (
        {"r15": 1, "r14": 2, "r13": 3, "r12": 4, "rbx": 5, "rbp": 6, "rip": 7},
        "rip", "rsp", 8 * 8,
    ),
    "aarch64": (
        {**{f"x{19 + i}": i for i in range(12)}, "pc": 11},
        "pc", "sp", 22 * 8,
    ),
}


def load(atomic):
    """What is in a std::atomic."""
    for path in (("_M_i",), ("_M_b", "_M_p"), ("_M_base", "_M_i")):
        value = atomic
        try:
            for field in path:
                value = value[field]
            return value
        except gdb.error:
            continue
    raise gdb.GdbError("This is not the C++ library that weft.py knows.")


def label(value):
    """The text of a weft::wait::Label."""
    words = value["words_"]["_M_elems"]
    first, last = words.type.strip_typedefs().range()
    raw = struct.pack(f"<{last - first + 1}Q", *(int(load(words[i])) for i in range(first, last + 1)))
    return raw.split(b"\0")[0].decode(errors="replace")


class Waiter:
    """A green thread, or the own flow of a thread that has green threads."""

    def default_name(self):
        if self.green:
            return f"Greenlet-{self.place}"
        return "MainThread" if self.lwp == gdb.selected_inferior().pid else f"thread {self.lwp}"

    def __init__(self, value):
        self.id = int(load(value["id_"]))
        self.place = self.id & 0xFFFFFF
        self.green = bool(value["green_"])
        self.hub = int(value["hub_"])
        self.lwp = int(load(value["native_id_"]))
        self.name = label(value["name"]) or self.default_name()
        kind = load(value["kind_"])
        self.waits_for = ""
        if int(kind) != 0:
            name = label(value["object_name_"])
            address = int(load(value["object_"]))
            self.waits_for = kind.string() + (f" '{name}'" if name else "") + (f" ({address:#x})" if address else "")
        context = value["at"].dereference()
        self.stack_pointer = int(context["stack_pointer_"])
        self.base = int(context["stack_"]["base"])
        self.size = int(context["stack_"]["size"])

    def holds(self, address):
        return self.base <= address < self.base + self.size

    def title(self):
        what = f"green thread {self.place}" if self.green else "own flow"
        state = f"waits for {self.waits_for}" if self.waits_for else "is ready, or runs"
        return f"{what} '{self.name}' of LWP {self.lwp}: {state}"


def waiters():
    """All of them, as the roll of the process has them."""
    try:
        roll = gdb.parse_and_eval("'weft::wait::roll()::roll'")
    except gdb.error as error:
        raise gdb.GdbError(f"libweft is not loaded, or has no debugging information: {error}") from error
    page_bits = 12
    for place in range(1, int(load(roll["end_"]))):
        slot = load(roll["pages_"][place >> page_bits])[place & ((1 << page_bits) - 1)]
        who = load(slot["who"])
        if int(who) != 0:
            waiter = Waiter(who.dereference())
            if waiter.hub != 0:
                yield waiter


def stack_pointers():
    """Where each OS thread is, by its number."""
    found = {}
    now = gdb.selected_thread()
    if now is None:
        raise gdb.GdbError("There is no process.")
    frame = gdb.selected_frame()
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        found[thread.ptid[1] or thread.ptid[0]] = int(gdb.parse_and_eval("(unsigned long)$sp"))
    now.switch()
    frame.select()
    return found


class FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class Parked(gdb.unwinder.Unwinder):
    """Makes a parked stack the caller of the innermost frame, while one is chosen."""

    def __init__(self):
        super().__init__("weft")
        self.chosen = None

    def __call__(self, pending):
        if self.chosen is None or pending.level() != 0:
            return None
        registers, pc, sp, size = SAVED[pending.architecture().name()]
        word = gdb.lookup_type("unsigned long")
        saved = gdb.Value(self.chosen).cast(word.pointer())
        info = pending.create_unwind_info(FrameId(gdb.Value(self.chosen), pending.read_register(pc)))
        for register, at in registers.items():
            info.add_saved_register(register, saved[at])
        info.add_saved_register(sp, gdb.Value(self.chosen + size).cast(word))
        return info


parked = Parked()
gdb.unwinder.register_unwinder(None, parked, True)


def run_in(waiter, command, pointers):
    """What a command prints, run in a waiter's innermost frame."""
    lwp = next((lwp for lwp, sp in pointers.items() if waiter.holds(sp)), None)
    if not waiter.green and not any(w.holds(pointers.get(waiter.lwp, 0)) for w in waiters()):
        lwp = waiter.lwp
    now, frame = gdb.selected_thread(), gdb.selected_frame()
    try:
        if lwp is not None:  # gdb's thread stands there itself
            for thread in gdb.selected_inferior().threads():
                if lwp in thread.ptid[:2]:
                    thread.switch()
            return gdb.execute(command, to_string=True)
        gdb.newest_frame().select()
        parked.chosen = waiter.stack_pointer
        gdb.invalidate_cached_frames()
        gdb.newest_frame().older().select()
        text = gdb.execute(command, to_string=True)
        if command.split()[0] not in ("bt", "backtrace", "where"):
            return text
        frames = re.split(r"^(?=#\d+ )", text, flags=re.MULTILINE)[2:]  # without the one of gdb's thread
        return "".join(re.sub(r"^#(\d+) *", lambda m: f"#{int(m[1]) - 1:<3}", f) for f in frames)
    finally:
        parked.chosen = None
        gdb.invalidate_cached_frames()
        now.switch()
        if frame.is_valid():
            frame.select()


class InfoGreenThreads(gdb.Command):
    """Lists green threads: name, thread, what each waits for, and its stack (-q: without)."""

    def __init__(self):
        super().__init__("info green-threads", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        pointers = stack_pointers()
        found = list(waiters())
        if not found:
            print("No green threads.")
        for waiter in found:
            print(waiter.title())
            if argument.strip() != "-q":
                print(run_in(waiter, "bt", pointers))


class GreenThread(gdb.Command):
    """Runs a command (bt, if none is given) where a green thread stands: green-thread NUMBER [COMMAND]."""

    def __init__(self):
        super().__init__("green-thread", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        number, _, command = argument.strip().partition(" ")
        for waiter in waiters():
            if str(waiter.place) == number:
                print(run_in(waiter, command or "bt", stack_pointers()), end="")
                return
        raise gdb.GdbError(f"There is no green thread '{number}'.")


InfoGreenThreads()
GreenThread()
