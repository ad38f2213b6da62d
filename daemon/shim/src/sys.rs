//! The few system calls that neither std nor rustix offers safely. The only `unsafe` of this crate.
//!
//! No policy: each function is one call and the reason why calling it is sound.
#![allow(unsafe_code)] // the one place for it; each block says why it is sound

use std::{
    ffi::{CStr, CString, c_char},
    io,
    mem::MaybeUninit,
    ptr,
    time::Duration,
};

use rustix::process::Pid;

use crate::records::Rusage;

/// Signals the shim is told something by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// A child changed its state.
    Child,
    /// Somebody wants the attempt to end.
    End,
    /// Another thread of this process has news.
    News,
    /// The time was up.
    Time,
}

const WAKING: [libc::c_int; 5] = [
    libc::SIGCHLD,
    libc::SIGTERM,
    libc::SIGINT,
    libc::SIGHUP,
    NEWS,
];
/// Means nothing by itself: whoever hears it looks.
const NEWS: libc::c_int = libc::SIGUSR1;
const TERMINAL: [libc::c_int; 2] = [libc::SIGINT, libc::SIGHUP];

/// How many signals Linux has, and so how wide its sets are in bits.
const KERNEL_SIGNALS: libc::c_int = 64;

pub enum Forked {
    Parent(Pid),
    Child,
}

fn set_of(signals: &[libc::c_int]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the whole set; sigaddset gets an initialised one and only
    // numbers of real signals.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for &signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        set.assume_init()
    }
}

/// From here on signals wait until they are asked for.
pub fn block_all_signals() {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is initialised by sigfillset before its use; no old mask is wanted.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, set.as_ptr(), ptr::null_mut());
    }
}

pub fn unblock_all_signals() {
    let set = set_of(&[]);
    // SAFETY: the set is initialised; no old mask is wanted.
    unsafe {
        libc::sigprocmask(libc::SIG_SETMASK, &raw const set, ptr::null_mut());
    }
}

/// Every signal acts as the system defines it: what a parent ignored is inherited otherwise, and
/// an ignored SIGCHLD would even swallow the statuses of children.
///
/// Asks the kernel itself, because the C library refuses the two numbers it uses internally, and
/// those too are found ignored in the wild.
pub fn reset_dispositions() {
    // In the kernel's structure zero means the default action, no flags, an empty mask. It has
    // four words on most machines, and no more than this on any.
    let default = [0_u64; 8];
    for signal in 1..=KERNEL_SIGNALS {
        // SAFETY: the kernel reads a structure that is shorter than the array, and installs no
        // code of ours. For KILL and STOP it refuses and changes nothing.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                default.as_ptr(),
                ptr::null_mut::<libc::c_void>(),
                size_of::<u64>(),
            );
        }
    }
}

/// Waits for a signal the shim acts on; without a limit if `at_most` is none.
pub fn wait_for_signal(at_most: Option<Duration>) -> io::Result<Wake> {
    match take_signal(&WAKING, at_most)? {
        None => Ok(Wake::Time),
        Some(libc::SIGCHLD) => Ok(Wake::Child),
        Some(NEWS) => Ok(Wake::News),
        Some(_) => Ok(Wake::End),
    }
}

/// Wakes the thread that waits for signals. All threads keep them blocked, so it alone hears it.
pub fn tell_news() {
    // SAFETY: takes numbers only. It cannot fail for one's own process.
    unsafe {
        libc::kill(libc::getpid(), NEWS);
    }
}

/// The process group of another process; none if it is gone. A process that is just ending has group 0, which
/// rustix takes for impossible and panics about.
pub fn group_of(pid: Pid) -> Option<Pid> {
    // SAFETY: takes and gives numbers only.
    Pid::from_raw(unsafe { libc::getpgid(pid.as_raw_nonzero().get()) }.max(0))
}

/// Forgets what a terminal may have sent to the parent's foreground group.
pub fn drain_terminal_signals() -> io::Result<()> {
    while take_signal(&TERMINAL, Some(Duration::ZERO))?.is_some() {}
    Ok(())
}

fn take_signal(
    signals: &[libc::c_int],
    at_most: Option<Duration>,
) -> io::Result<Option<libc::c_int>> {
    let set = set_of(signals);
    let timeout = at_most.map(|at_most| libc::timespec {
        tv_sec: at_most.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_nsec: at_most.subsec_nanos().into(),
    });
    // SAFETY: the set and the time (or null, for no limit) outlive the call; no information
    // beyond the number is asked for.
    let signal = unsafe {
        libc::sigtimedwait(
            &raw const set,
            ptr::null_mut(),
            timeout.as_ref().map_or(ptr::null(), ptr::from_ref),
        )
    };
    if signal >= 0 {
        return Ok(Some(signal));
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::EINTR) => Ok(None),
        _ => Err(error),
    }
}

/// A copy of this process, which must have one thread only: a lock held by another one at this
/// moment would stay locked in the copy for ever. So that is checked.
pub fn fork() -> io::Result<Forked> {
    let threads = std::fs::read_dir("/proc/self/task")?.count();
    if threads != 1 {
        return Err(io::Error::other(format!(
            "the shim has {threads} threads, expected one: it must branch off before any runtime starts"
        )));
    }
    // SAFETY: there is one thread, so the child's memory is in a state that thread left it in.
    match unsafe { libc::fork() } {
        0 => Ok(Forked::Child),
        pid => Pid::from_raw(pid)
            .filter(|_| pid > 0)
            .map(Forked::Parent)
            .ok_or_else(io::Error::last_os_error),
    }
}

/// Becomes another program. Returns only if that failed.
pub fn execute(program: &CStr, argv: &[CString], environment: &[CString]) -> io::Error {
    let argv = pointers(argv);
    let environment = pointers(environment);
    // SAFETY: all are NUL-terminated strings in null-terminated arrays that outlive the call.
    unsafe {
        libc::execve(program.as_ptr(), argv.as_ptr(), environment.as_ptr());
    }
    io::Error::last_os_error()
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings
        .iter()
        .map(|string| string.as_ptr())
        .chain([ptr::null()])
        .collect()
}

/// Ends a forked child at once: no destructors, no buffers of the parent's flushed twice.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: _exit has no preconditions.
    unsafe { libc::_exit(code) }
}

/// No descriptor from 3 on survives the next exec, whoever opened it.
pub fn close_on_exec_from_3() {
    // SAFETY: the call only sets flags of descriptors. On a kernel without it (before 5.11) it
    // fails, and what is left are the descriptors std opened, which have the flag anyway.
    unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3_u32,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        );
    }
}

/// What all children that were waited for have used.
pub fn usage_of_children() -> Rusage {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the structure is plain numbers, valid when zero, and filled by the call.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init()
    };
    let micros = |time: libc::timeval| time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64;
    Rusage {
        user_us: micros(usage.ru_utime),
        system_us: micros(usage.ru_stime),
        max_rss_kb: usage.ru_maxrss as u64,
    }
}
