"""Declarations of the Windows functions and structures that window.py uses, with their names from the documentation."""

from __future__ import annotations

import ctypes
import sys
from ctypes.wintypes import (
    BOOL,
    DWORD,
    HANDLE,
    HINSTANCE,
    HMENU,
    HMODULE,
    HWND,
    LONG,
    LPARAM,
    LPCWSTR,
    LPVOID,
    UINT,
    WCHAR,
    WPARAM,
)

from psoas_nudge.system.shell import (
    LONGEST_TEXT,
    LONGEST_TIP,
    LONGEST_TITLE,
    WM_POWERBROADCAST,
    WM_TIMECHANGE,
    WM_WTSSESSION_CHANGE,
)

assert sys.platform == "win32"  # noqa: S101 - for mypy

WM_NULL, WM_DESTROY, WM_CLOSE, WM_QUERYENDSESSION, WM_ENDSESSION = 0x0, 0x2, 0x10, 0x11, 0x16
NEWS = {WM_TIMECHANGE, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE}
WM_APP = 0x8000
WORK, FROM_ICON = WM_APP + 1, WM_APP + 2
WM_LBUTTONUP, WM_RBUTTONUP, WM_CONTEXTMENU = 0x202, 0x205, 0x7B
NIN_SELECT, NIN_KEYSELECT, NIN_BALLOONUSERCLICK = 0x400, 0x401, 0x405
NIM_ADD, NIM_MODIFY, NIM_DELETE, NIM_SETVERSION = 0, 1, 2, 4
NIF_MESSAGE, NIF_ICON, NIF_TIP, NIF_INFO, NIF_SHOWTIP = 0x1, 0x2, 0x4, 0x10, 0x80
NIIF_USER, NIIF_NOSOUND, NIIF_LARGE_ICON = 0x4, 0x10, 0x20
VERSION = 4
MF_STRING, MF_GRAYED, MF_POPUP, MF_SEPARATOR = 0x0, 0x1, 0x10, 0x800
TPM_RETURNCMD, TPM_NONOTIFY, TPM_RIGHTBUTTON = 0x100, 0x80, 0x2
NOTIFY_FOR_THIS_SESSION = 0
LR_DEFAULTCOLOR = 0
ICON_VERSION = 0x30000

LRESULT = ctypes.c_ssize_t
WNDPROC = ctypes.WINFUNCTYPE(LRESULT, HWND, UINT, WPARAM, LPARAM)


EVENT_SYSTEM_FOREGROUND = 0x3
EVENTPROC = ctypes.WINFUNCTYPE(None, HANDLE, DWORD, HWND, LONG, LONG, DWORD, DWORD)


class WindowClass(ctypes.Structure):
    """WNDCLASSW."""

    _fields_ = (
        ("style", UINT),
        ("proc", WNDPROC),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", HINSTANCE),
        ("icon", HANDLE),
        ("cursor", HANDLE),
        ("background", HANDLE),
        ("menu", LPCWSTR),
        ("name", LPCWSTR),
    )


class IconData(ctypes.Structure):
    """NOTIFYICONDATAW."""

    _fields_ = (
        ("size", DWORD),
        ("window", HWND),
        ("id", UINT),
        ("flags", UINT),
        ("message", UINT),
        ("icon", HANDLE),
        ("tip", WCHAR * (LONGEST_TIP + 1)),
        ("state", DWORD),
        ("state_mask", DWORD),
        ("info", WCHAR * (LONGEST_TEXT + 1)),
        ("version", UINT),
        ("info_title", WCHAR * (LONGEST_TITLE + 1)),
        ("info_flags", DWORD),
        ("guid", ctypes.c_byte * 16),
        ("balloon_icon", HANDLE),
    )


user32 = ctypes.WinDLL("user32", use_last_error=True)
shell32 = ctypes.WinDLL("shell32", use_last_error=True)
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
user32.DefWindowProcW.argtypes = [HWND, UINT, WPARAM, LPARAM]
user32.DefWindowProcW.restype = LRESULT
user32.CreateWindowExW.argtypes = [DWORD, LPCWSTR, LPCWSTR, DWORD, *(ctypes.c_int,) * 4, HWND, HMENU, HINSTANCE, LPVOID]
user32.CreateWindowExW.restype = HWND
user32.SetWinEventHook.argtypes = [DWORD, DWORD, HMODULE, EVENTPROC, *(DWORD,) * 3]
user32.SetWinEventHook.restype = HANDLE
user32.UnhookWinEvent.argtypes = [HANDLE]
user32.UnregisterClassW.argtypes = [LPCWSTR, HINSTANCE]
user32.PostMessageW.argtypes = [HWND, UINT, WPARAM, LPARAM]
user32.DestroyWindow.argtypes = [HWND]
user32.SetForegroundWindow.argtypes = [HWND]
user32.CreatePopupMenu.restype = HMENU
user32.AppendMenuW.argtypes = [HMENU, UINT, ctypes.c_size_t, LPCWSTR]
user32.TrackPopupMenu.argtypes = [HMENU, UINT, *(ctypes.c_int,) * 3, HWND, LPVOID]
user32.DestroyMenu.argtypes = [HMENU]
user32.DestroyIcon.argtypes = [HANDLE]
user32.CreateIconFromResourceEx.argtypes = [ctypes.c_char_p, DWORD, BOOL, DWORD, ctypes.c_int, ctypes.c_int, UINT]
user32.CreateIconFromResourceEx.restype = HANDLE
shell32.Shell_NotifyIconW.argtypes = [DWORD, ctypes.POINTER(IconData)]
kernel32.GetModuleHandleW.argtypes = [LPCWSTR]
kernel32.GetModuleHandleW.restype = HMODULE


def failure() -> OSError:
    """The error of the last call."""
    return ctypes.WinError(ctypes.get_last_error())
