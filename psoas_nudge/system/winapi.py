"""Declarations of the Windows functions and structures that window.py uses, with their names from the documentation."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

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
WNDPROC = ctypes.WINFUNCTYPE(LRESULT, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)


EVENT_SYSTEM_FOREGROUND = 0x3
EVENTPROC = ctypes.WINFUNCTYPE(
    None,
    wintypes.HANDLE,
    wintypes.DWORD,
    wintypes.HWND,
    wintypes.LONG,
    wintypes.LONG,
    wintypes.DWORD,
    wintypes.DWORD,
)


class WindowClass(ctypes.Structure):
    """WNDCLASSW."""

    _fields_ = (
        ("style", wintypes.UINT),
        ("proc", WNDPROC),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", wintypes.HINSTANCE),
        ("icon", wintypes.HANDLE),
        ("cursor", wintypes.HANDLE),
        ("background", wintypes.HANDLE),
        ("menu", wintypes.LPCWSTR),
        ("name", wintypes.LPCWSTR),
    )


class IconData(ctypes.Structure):
    """NOTIFYICONDATAW."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("window", wintypes.HWND),
        ("id", wintypes.UINT),
        ("flags", wintypes.UINT),
        ("message", wintypes.UINT),
        ("icon", wintypes.HANDLE),
        ("tip", wintypes.WCHAR * (LONGEST_TIP + 1)),
        ("state", wintypes.DWORD),
        ("state_mask", wintypes.DWORD),
        ("info", wintypes.WCHAR * (LONGEST_TEXT + 1)),
        ("version", wintypes.UINT),
        ("info_title", wintypes.WCHAR * (LONGEST_TITLE + 1)),
        ("info_flags", wintypes.DWORD),
        ("guid", ctypes.c_byte * 16),
        ("balloon_icon", wintypes.HANDLE),
    )


user32 = ctypes.WinDLL("user32", use_last_error=True)
shell32 = ctypes.WinDLL("shell32", use_last_error=True)
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
user32.DefWindowProcW.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
user32.DefWindowProcW.restype = LRESULT
user32.CreateWindowExW.argtypes = [
    wintypes.DWORD,
    wintypes.LPCWSTR,
    wintypes.LPCWSTR,
    wintypes.DWORD,
    *(ctypes.c_int,) * 4,
    wintypes.HWND,
    wintypes.HMENU,
    wintypes.HINSTANCE,
    wintypes.LPVOID,
]
user32.CreateWindowExW.restype = wintypes.HWND
user32.SetWinEventHook.argtypes = [
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.HMODULE,
    EVENTPROC,
    *(wintypes.DWORD,) * 3,
]
user32.SetWinEventHook.restype = wintypes.HANDLE
user32.UnhookWinEvent.argtypes = [wintypes.HANDLE]
user32.UnregisterClassW.argtypes = [wintypes.LPCWSTR, wintypes.HINSTANCE]
user32.PostMessageW.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
user32.DestroyWindow.argtypes = [wintypes.HWND]
user32.SetForegroundWindow.argtypes = [wintypes.HWND]
user32.CreatePopupMenu.restype = wintypes.HMENU
user32.AppendMenuW.argtypes = [wintypes.HMENU, wintypes.UINT, ctypes.c_size_t, wintypes.LPCWSTR]
user32.TrackPopupMenu.argtypes = [
    wintypes.HMENU,
    wintypes.UINT,
    *(ctypes.c_int,) * 3,
    wintypes.HWND,
    wintypes.LPVOID,
]
user32.DestroyMenu.argtypes = [wintypes.HMENU]
user32.DestroyIcon.argtypes = [wintypes.HANDLE]
user32.CreateIconFromResourceEx.argtypes = [
    ctypes.c_char_p,
    wintypes.DWORD,
    wintypes.BOOL,
    wintypes.DWORD,
    ctypes.c_int,
    ctypes.c_int,
    wintypes.UINT,
]
user32.CreateIconFromResourceEx.restype = wintypes.HANDLE
shell32.Shell_NotifyIconW.argtypes = [wintypes.DWORD, ctypes.POINTER(IconData)]
kernel32.GetModuleHandleW.argtypes = [wintypes.LPCWSTR]
kernel32.GetModuleHandleW.restype = wintypes.HMODULE


def failure() -> OSError:
    """The error of the last call."""
    return ctypes.WinError(ctypes.get_last_error())
