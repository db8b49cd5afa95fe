"""A job object of Windows: a program and its child processes, counted and ended together, or one limited process.

Wine 10 counts and ends them. It accepts the limits and enforces none.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes.wintypes import DWORD, HANDLE, LPVOID, UINT

assert sys.platform == "win32"  # noqa: S101 - for mypy

SUSPENDED = 0x4
"""CREATE_SUSPENDED: the program cannot start others before it is in the job."""
PROCESS_ALL_ACCESS = 0x1FFFFF
ACCOUNTING, LIMITS = 1, 9
"""JobObjectBasicAccountingInformation, JobObjectExtendedLimitInformation."""
PROCESS_TIME, ACTIVE_PROCESS, PROCESS_MEMORY = 0x2, 0x8, 0x100
"""JOB_OBJECT_LIMIT_*."""
NOT_ENOUGH_QUOTA = 1816
"""Exit status of a process that has used up its PROCESS_TIME."""

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.CreateJobObjectW.restype = HANDLE
_kernel.OpenProcess.restype = HANDLE
_kernel.AssignProcessToJobObject.argtypes = [HANDLE, HANDLE]
_kernel.TerminateJobObject.argtypes = [HANDLE, UINT]
_kernel.SetInformationJobObject.argtypes = [HANDLE, ctypes.c_int, LPVOID, DWORD]
_kernel.GetCurrentProcess.restype = HANDLE
_kernel.CloseHandle.argtypes = [HANDLE]
_resume = ctypes.WinDLL("ntdll").NtResumeProcess
_resume.argtypes = [HANDLE]


class _Accounting(ctypes.Structure):
    """JOBOBJECT_BASIC_ACCOUNTING_INFORMATION."""

    _fields_ = (
        ("times", ctypes.c_int64 * 4),
        ("page_faults", DWORD),
        ("processes", DWORD),
        ("active", DWORD),
        ("terminated", DWORD),
    )


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", DWORD),
        ("working_set", ctypes.c_size_t * 2),
        ("processes", DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority", DWORD),
        ("scheduling", DWORD),
        ("transfers", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peaks", ctypes.c_size_t * 2),
    )


def limit(memory: int, seconds: int) -> None:
    """Limit this process: bytes of memory, CPU time, and no child process. Raises OSError."""
    limits = _Limits(
        flags=PROCESS_TIME | ACTIVE_PROCESS | PROCESS_MEMORY,
        process_time=seconds * 10_000_000,
        processes=1,
        process_memory=memory,
    )
    job = _kernel.CreateJobObjectW(None, None)
    if not (
        job
        and _kernel.SetInformationJobObject(job, LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        and _kernel.AssignProcessToJobObject(job, _kernel.GetCurrentProcess())
    ):
        raise ctypes.WinError(ctypes.get_last_error())


class Family:
    """A program that was started with processes.FOR_FAMILY, and its child processes. When this raises OSError, it has
    ended the program."""

    def __init__(self, leader: int) -> None:
        process = _kernel.OpenProcess(PROCESS_ALL_ACCESS, 0, leader)
        if not process:
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            self._job = _kernel.CreateJobObjectW(None, None)
            if not self._job or not _kernel.AssignProcessToJobObject(self._job, process):
                error = ctypes.WinError(ctypes.get_last_error())
                _kernel.TerminateProcess(HANDLE(process), 1)
                raise error
            _resume(process)
        finally:
            _kernel.CloseHandle(process)

    def count(self) -> int:
        """The number of processes; 0 when it is unknown."""
        found = _Accounting()
        size = ctypes.sizeof(found)
        known = _kernel.QueryInformationJobObject(HANDLE(self._job), ACCOUNTING, ctypes.byref(found), size, None)
        return int(found.active) if known else 0

    def end(self, *, hard: bool) -> None:
        """With `hard`, end all of them. They cannot be asked to end: without a console they get no Ctrl+Break."""
        if hard:
            _kernel.TerminateJobObject(self._job, 1)

    def close(self) -> None:
        """Close the job; what still runs keeps running."""
        if self._job:
            _kernel.CloseHandle(self._job)
            self._job = None
