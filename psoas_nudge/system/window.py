"""The hidden window behind shell.Shell, and its thread.

It is a top-level window that is never shown: a message-only window (HWND_MESSAGE) does not get messages that are sent
to every window, such as those about sleep and clock changes. Only its thread may use it, so every call goes through a
queue.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ctypes import wintypes

from psoas_nudge.errors import Unavailable
from psoas_nudge.system import signals
from psoas_nudge.system import winapi as api
from psoas_nudge.system.shell import (
    FRONT,
    LONGEST_TEXT,
    LONGEST_TIP,
    LONGEST_TITLE,
    WM_POWERBROADCAST,
    Bitmap,
    MenuLine,
    OnMessage,
)

assert sys.platform == "win32"  # noqa: S101 - for mypy

log = logging.getLogger(__name__)

CLASS = "psoas-nudge"
END_SECONDS = 2.0
NEWS_SECONDS = 1.0
"""Timeout for the event loop to record that the computer goes to sleep, before it does."""
WHOLE_ICON = api.NIF_MESSAGE | api.NIF_ICON | api.NIF_TIP | api.NIF_SHOWTIP


def resource(picture: Bitmap) -> bytes:
    """The picture as an icon resource: header, pixels from the bottom row up, and an empty mask."""
    size, row = picture.size, picture.size * 4
    rows = b"".join(picture.pixels[at : at + row] for at in range((size - 1) * row, -1, -row))
    mask = bytes((size + 31) // 32 * 4 * size)
    return struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0) + rows + mask


class Window:
    """Implements shell.Shell; `opened` makes one for each event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.users = 0
        self.ready: asyncio.Future[None] = loop.create_future()
        self._work: deque[Callable[[], None]] = deque()
        self._listeners: list[OnMessage] = []
        self._menu: Callable[[], Sequence[MenuLine]] = tuple
        self._on_chosen: Callable[[int], None] = lambda _number: None
        self._on_click: Callable[[], None] = lambda: None
        self._handle: int | None = None
        self._icon = self._balloon_icon = 0
        self._tip = ""
        self._wanted = self._added = self._asks_menu = False
        self._version = 0
        self._answers: dict[int, Callable[[], object]] = {
            api.WORK: self._do_work,
            api.WM_CLOSE: self._close,
            api.WM_DESTROY: lambda: api.user32.PostQuitMessage(0),
        }
        self._thread = threading.Thread(target=self._run, name="window", daemon=True)
        self._thread.start()

    # --- on the loop ------------------------------------------------------------------------------------------

    def listen(self, on_message: OnMessage) -> Callable[[], None]:
        self._listeners.append(on_message)
        return lambda: self._listeners.remove(on_message)

    async def show_icon(
        self, picture: Bitmap, tip: str, menu: Callable[[], Sequence[MenuLine]], on_chosen: Callable[[int], None]
    ) -> None:
        self._menu, self._on_chosen = menu, on_chosen
        content = resource(picture)

        def show() -> None:
            old, self._icon = self._icon, _icon(content, picture.size)
            self._tip, self._wanted = tip[:LONGEST_TIP], True
            self._put(WHOLE_ICON)
            if old:
                api.user32.DestroyIcon(old)

        await self._do(show)

    async def hide_icon(self) -> None:
        def hide() -> None:
            self._wanted = False
            self._remove()

        await self._do(hide)

    def offers_menu(self) -> bool:
        return self._wanted

    async def balloon(
        self, title: str, text: str, picture: bytes, *, sound: bool, on_click: Callable[[], None]
    ) -> None:
        self._on_click = on_click

        def show() -> None:
            old, self._balloon_icon = self._balloon_icon, _icon(picture, 0)
            if not self._icon:
                self._icon = _icon(picture, 0)
            self._put(WHOLE_ICON | api.NIF_INFO, title, text, sound=sound)
            if old:
                api.user32.DestroyIcon(old)

        await self._do(show)

    async def clear_balloon(self) -> None:
        self._on_click = lambda: None

        def clear() -> None:
            if self._wanted:
                self._put(api.NIF_INFO)
            else:
                self._remove()

        await self._do(clear)

    async def release(self) -> None:
        self.users -= 1
        if self.users == 0 and _shared.get(self.loop) is self:
            del _shared[self.loop]
            api.user32.PostMessageW(self._handle, api.WM_CLOSE, 0, 0)
            if not signals.ending.is_set():
                await asyncio.to_thread(self._thread.join, END_SECONDS)

    async def _do(self, work: Callable[[], None]) -> None:
        """Run `work` on the thread and wait for it. Raises its OSError."""
        done: Future[None] = Future()

        def try_it() -> None:
            if done.set_running_or_notify_cancel():  # False after the timeout
                try:
                    work()
                except OSError as error:
                    done.set_exception(error)
                else:
                    done.set_result(None)

        self._work.append(try_it)
        api.user32.PostMessageW(self._handle, api.WORK, 0, 0)
        await asyncio.wait_for(asyncio.wrap_future(done), END_SECONDS)

    # --- on the thread ----------------------------------------------------------------------------------------

    def _on_loop(self, callback: Callable[..., object], *args: object) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(callback, *args)

    def _run(self) -> None:
        proc = api.WNDPROC(self._on_message)
        instance = api.kernel32.GetModuleHandleW(None)
        api.user32.RegisterClassW(ctypes.byref(api.WindowClass(proc=proc, instance=instance, name=CLASS)))
        self._handle = api.user32.CreateWindowExW(0, CLASS, CLASS, 0, 0, 0, 0, 0, None, None, instance, None)
        if not self._handle:
            self._on_loop(self.ready.set_exception, Unavailable(f"there is no desktop here: {api.failure().strerror}"))
            return
        self._answers[api.user32.RegisterWindowMessageW("TaskbarCreated")] = self._put_again
        wts = ctypes.WinDLL("wtsapi32")
        wts.WTSRegisterSessionNotification(wintypes.HWND(self._handle), api.NOTIFY_FOR_THIS_SESSION)
        in_front = api.EVENTPROC(lambda *_: self._on_loop(self._pass_on, FRONT, 0, threading.Event()))
        front = api.EVENT_SYSTEM_FOREGROUND
        hook = api.user32.SetWinEventHook(front, front, None, in_front, 0, 0, 0)
        self._on_loop(self.ready.set_result, None)
        message = wintypes.MSG()
        while api.user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            api.user32.TranslateMessage(ctypes.byref(message))
            api.user32.DispatchMessageW(ctypes.byref(message))
        api.user32.UnhookWinEvent(hook)
        api.user32.UnregisterClassW(CLASS, instance)

    def _on_message(self, handle: int, message: int, wparam: int, lparam: int) -> int:
        if message in api.NEWS:
            handled = threading.Event()
            self._on_loop(self._pass_on, message, wparam, handled)
            handled.wait(NEWS_SECONDS)
        elif message == api.FROM_ICON:
            self._from_icon(lparam & 0xFFFF)
        elif message == api.WM_ENDSESSION and wparam:
            signals.end_now()
        elif message in self._answers:
            self._answers[message]()
        elif message not in {api.WM_ENDSESSION, api.WM_QUERYENDSESSION}:
            return int(api.user32.DefWindowProcW(handle, message, wparam, lparam))
        return 1 if message in {WM_POWERBROADCAST, api.WM_QUERYENDSESSION} else 0

    def _do_work(self) -> None:
        while self._work:
            self._work.popleft()()

    def _put_again(self) -> None:
        """Explorer was restarted: add the icon again."""
        self._added = False
        if self._wanted:
            self._put(WHOLE_ICON)

    def _close(self) -> None:
        self._remove()
        api.user32.DestroyWindow(self._handle)

    def _pass_on(self, message: int, about: int, handled: threading.Event) -> None:
        for listener in list(self._listeners):
            listener(message, about)
        handled.set()

    def _from_icon(self, event: int) -> None:
        opens = (
            {api.NIN_SELECT, api.NIN_KEYSELECT, api.WM_CONTEXTMENU}
            if self._version
            else {api.WM_LBUTTONUP, api.WM_RBUTTONUP}
        )
        if event == api.NIN_BALLOONUSERCLICK:
            self._on_loop(self._clicked)
        elif event in opens and not self._asks_menu:
            self._asks_menu = True
            self._on_loop(self._open_menu)

    def _clicked(self) -> None:
        self._on_click()

    def _open_menu(self) -> None:
        """Runs on the event loop, where the current menu is made."""
        lines = list(self._menu())

        def track() -> None:
            try:
                if lines and (number := self._track(lines)):
                    self._on_loop(lambda: self._on_chosen(number))
            finally:
                self._asks_menu = False

        self._work.append(track)
        api.user32.PostMessageW(self._handle, api.WORK, 0, 0)

    def _track(self, lines: Sequence[MenuLine]) -> int:
        """The number that the person chooses; 0 for none."""
        menu, at = _menu(lines), wintypes.POINT()
        api.user32.GetCursorPos(ctypes.byref(at))
        api.user32.SetForegroundWindow(self._handle)  # otherwise a click elsewhere would not close the menu
        how = api.TPM_RETURNCMD | api.TPM_NONOTIFY | api.TPM_RIGHTBUTTON
        number = api.user32.TrackPopupMenu(menu, how, at.x, at.y, 0, self._handle, None)
        api.user32.PostMessageW(self._handle, api.WM_NULL, 0, 0)  # required by the documentation of TrackPopupMenu
        api.user32.DestroyMenu(menu)
        return int(number)

    def _put(self, flags: int, title: str = "", text: str = "", *, sound: bool = False) -> None:
        data = api.IconData(ctypes.sizeof(api.IconData), self._handle, 1, flags, api.FROM_ICON, self._icon, self._tip)
        data.info, data.info_title = text[:LONGEST_TEXT], title[:LONGEST_TITLE]
        if self._balloon_icon:
            data.balloon_icon = self._balloon_icon
            data.info_flags = api.NIIF_USER | api.NIIF_LARGE_ICON
        data.info_flags |= 0 if sound else api.NIIF_NOSOUND
        if not api.shell32.Shell_NotifyIconW(api.NIM_MODIFY if self._added else api.NIM_ADD, ctypes.byref(data)):
            raise OSError("the notification area did not accept the icon")
        if not self._added:
            self._added = True
            data.version = api.VERSION
            self._version = api.VERSION if api.shell32.Shell_NotifyIconW(api.NIM_SETVERSION, ctypes.byref(data)) else 0

    def _remove(self) -> None:
        if self._added:
            data = api.IconData(ctypes.sizeof(api.IconData), self._handle, 1)
            api.shell32.Shell_NotifyIconW(api.NIM_DELETE, ctypes.byref(data))
            self._added = False


def _icon(content: bytes, size: int) -> int:
    """An icon from a resource or a PNG; raises OSError."""
    made = api.user32.CreateIconFromResourceEx(
        content, len(content), 1, api.ICON_VERSION, size, size, api.LR_DEFAULTCOLOR
    )
    if not made:
        raise api.failure()
    return int(made)


def _menu(lines: Sequence[MenuLine]) -> int:
    menu = api.user32.CreatePopupMenu()
    for line in lines:
        label = line.label.replace("&", "&&")
        if line.children:
            api.user32.AppendMenuW(menu, api.MF_POPUP, _menu(line.children), label)
        elif label:
            api.user32.AppendMenuW(menu, api.MF_STRING | (0 if line.number else api.MF_GRAYED), line.number, label)
        else:
            api.user32.AppendMenuW(menu, api.MF_SEPARATOR, 0, None)
    return int(menu)


_shared: dict[asyncio.AbstractEventLoop, Window] = {}


async def opened() -> Window:
    """The window of this event loop, made by the first call. Raises Unavailable."""
    loop = asyncio.get_running_loop()
    window = _shared.get(loop)
    if window is None:
        window = _shared[loop] = Window(loop)
    window.users += 1
    try:
        await asyncio.shield(window.ready)
    except Unavailable:
        _shared.pop(loop, None)
        raise
    return window
