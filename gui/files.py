"""What is open: its name, its file, recent files, and copies for the next launch."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QObject,
    QStandardPaths,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QWidget

from engine.errors import NablaError
from engine.session import Document, file
from engine.session.lessons import lesson
from engine.session.sources import TABLE_SUFFIXES, is_lesson, new_document
from engine.session.stored import Session, session_of
from gui import i18n, recent
from gui.export.metadata import metadata
from gui.i18n import tr
from gui.inspectors.csv_dialog import choose_csv
from gui.questions import Answer, ask_about_changes, ask_to_restore
from gui.recovery import Recovery, orphans, remove
from gui.state import settings
from gui.state.store import Store
from gui.state.workers import Cancelled, Lane

FOLDER = "files/folder"
LAST_SOURCE = "files/last_source"
LAST_KEPT = "files/last_kept"
AUTOSAVE_MS = 60_000


class Files(QObject):
    """Opens and saves the store's document.

    Signals
    -------
    title_changed
        Emitted with the window's title, "[*]" where the mark of unsaved changes goes.
    opening
        Another document is about to take the place of this one.
    failed
        Emitted with a NablaError; the document is as it was.
    """

    title_changed: SignalInstance = Signal(str)  # type: ignore[assignment]
    opening: SignalInstance = Signal()  # type: ignore[assignment]
    failed: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._window = parent
        # A lesson's id or a path; empty for what was never saved.
        self._source = store.document.lesson
        self._suggested = ""
        self._discarded = False
        self._data = Path(_data_folder())
        self._recovery = Recovery(self._data / "recovery")
        self._copied: Document | None = None
        self._lane = Lane(self)
        self._lane.failed.connect(self.failed)
        self._timer = QTimer(self)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        i18n.notifier.changed.connect(self._tell_title)

    # ------------------------------------------------------------------------------ names

    @property
    def path(self) -> Path | None:
        """The session file that is open, if it is one."""
        return Path(self._source) if self._source and not is_lesson(self._source) else None

    @property
    def name(self) -> str:
        """How the document is called, in the language of the moment."""
        if self.path is not None:
            return self.path.stem
        if self._source:
            titles = lesson(self._source).info.title
            return titles.get(i18n.current(), titles["en"])
        return self._suggested or tr("Untitled")

    @property
    def title(self) -> str:
        """The window's title."""
        return f"{self.name.replace('[*]', '[*][*]')}[*] — Nabla"

    def metadata(self) -> dict[str, str]:
        """Return what every export says about where it comes from."""
        return metadata(self._store.document)

    def _tell_title(self) -> None:
        self.title_changed.emit(self.title)

    def _named(self, source: str, suggested: str = "") -> None:
        self._source, self._suggested = source, suggested
        self._tell_title()

    # ---------------------------------------------------------------------------- opening

    def new(self) -> None:
        """Begin with something new."""
        if self.confirm_leave():
            self._show(Session(new_document(), {}), "")

    def open_dialog(self) -> None:
        """Ask for a file and open it."""
        patterns = " ".join(f"*{suffix}" for suffix in (file.SUFFIX, *TABLE_SUFFIXES))
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Open"),
            settings.text(FOLDER),
            ";;".join((f"{tr('Sessions and tables')} ({patterns})", f"{tr('All files')} (*)")),
        )
        if chosen:
            self.open_source(chosen)

    def open_source(self, source: str) -> bool:
        """Open a lesson or a file, after asking about unsaved changes; whether that was done."""
        if Path(source).suffix.lower() in TABLE_SUFFIXES:
            # A table changes the data of what is open: an edit like others.
            return self.import_csv(source)
        try:
            session = self._read(source)
        except NablaError as error:
            self.failed.emit(error)
            return False
        if not self.confirm_leave():
            return False
        self._show(session, source)
        return True

    def opened(self, source: str) -> None:
        """Take note of what the command line has opened."""
        path = Path(source)
        if is_lesson(source):
            self._named(source)
        elif path.suffix.lower() == file.SUFFIX:
            self._show(self._read(source), source)
        else:
            self._named("", path.stem)
            self._remember_folder(path)

    def import_csv(self, path: str = "") -> bool:
        """Ask for a table and train on it; whether that was done."""
        if not choose_csv(self._window, self._store, path):
            return False
        if path:
            self._remember_folder(Path(path))
        return True

    def can_open(self, path: Path) -> bool:
        """Whether a file looks like one that can be opened."""
        return path.suffix.lower() in (file.SUFFIX, *TABLE_SUFFIXES) and path.is_file()

    def _read(self, source: str) -> Session:
        if is_lesson(source):
            return Session(lesson(source).document, {})
        return file.load(Path(source))

    def _show(self, session: Session, source: str) -> None:
        if source and not is_lesson(source):
            path = Path(source).absolute()
            source = str(path)
            self._remember_folder(path)
            recent.remember(path)
        self.opening.emit()
        self._store.open(session.document, session.history())
        self._forget_copy()
        self._named(source)
        if session.other_engine:
            self.failed.emit(NablaError("session.other_engine"))

    # ----------------------------------------------------------------------------- saving

    def save(self) -> bool:
        """Save to the file that is open; ask for one if there is none. Whether it was saved."""
        return self.save_as() if self.path is None else self._write(self.path)

    def save_as(self) -> bool:
        """Ask for a file and save to it; whether it was saved."""
        dialog = QFileDialog(self._window, tr("Save as"), settings.text(FOLDER))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{tr('Nabla sessions')} (*{file.SUFFIX})")
        dialog.setDefaultSuffix(file.SUFFIX[1:])
        dialog.selectFile(f"{_as_file_name(self.name)}{file.SUFFIX}")
        try:
            if dialog.exec() != QDialog.DialogCode.Accepted:
                return False
            return self._write(Path(dialog.selectedFiles()[0]))
        finally:
            dialog.deleteLater()

    def _write(self, path: Path) -> bool:
        try:
            file.save(path, self._session())
        except NablaError as error:
            self.failed.emit(error)
            return False
        self._store.saved()
        self._forget_copy()
        self._remember_folder(path)
        recent.remember(path)
        self._named(str(path.absolute()))
        return True

    def confirm_leave(self) -> bool:
        """Ask what becomes of unsaved changes, if there are any; False: stay here."""
        self._discarded = False
        if not self._store.is_modified:
            return True
        answer = ask_about_changes(self._window, self.name)
        if answer is Answer.SAVE:
            return self.save()
        self._discarded = answer is Answer.DISCARD
        return self._discarded

    def _session(self) -> Session:
        return session_of(self._store.document, self._store.history)

    # ------------------------------------------------------------------------ recent files

    def fill_recent(self, menu: QMenu) -> None:
        """Fill a menu with the recent files."""
        menu.clear()
        paths = recent.tidy()
        for number, path in enumerate(paths, 1):
            action = QAction(f"&{number % 10}  {path.name.replace('&', '&&')}", menu)
            action.setToolTip(str(path))
            action.setData(str(path))
            action.triggered.connect(self._open_recent)
            menu.addAction(action)
        menu.setToolTipsVisible(True)
        if not paths:
            menu.addAction(tr("No files yet")).setEnabled(False)
            return
        menu.addSeparator()
        clear = QAction(tr("Clear the list"), menu)
        clear.triggered.connect(recent.forget)
        menu.addAction(clear)

    def _open_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_source(str(action.data()))

    def _remember_folder(self, path: Path) -> None:
        settings.remember(FOLDER, str(path.absolute().parent))

    # ------------------------------------------------------------------- from launch to launch

    @property
    def _last(self) -> Path:
        return self._data / "last.nabla"

    def keep_for_next_launch(self) -> None:
        """Remember what is open, with the moment on screen, as the window closes."""
        self._timer.stop()
        self._lane.cancel()
        kept = False
        if not self._discarded:
            try:
                self._data.mkdir(parents=True, exist_ok=True)
                file.save(self._last, self._session())
                kept = True
            except (NablaError, OSError):
                # The file itself, or the lesson, opens at the next launch.
                kept = False
        settings.remember(LAST_SOURCE, self._source)
        settings.remember(LAST_KEPT, kept)
        self._recovery.close()

    def restore_last(self) -> None:
        """Open what a crash has left behind, or else what was open last.

        Raises
        ------
        NablaError
            It cannot be read; what is open stays.
        """
        trouble: NablaError | None = None
        try:
            if self._restore_copy():
                return
        except NablaError as error:
            trouble = error
        source = settings.text(LAST_SOURCE)
        if settings.flag(LAST_KEPT) and self._is_newest(source):
            self._take(file.load(self._last), source)
        elif source:
            self._take(self._read(source), source)
        if trouble is not None:
            raise trouble

    def _take(self, session: Session, source: str) -> None:
        """Show a session without asking, as at the launch."""
        self._store.open(session.document, session.history())
        self._named(source)
        if session.other_engine:
            self.failed.emit(NablaError("session.other_engine"))

    def _is_newest(self, source: str) -> bool:
        """Whether the copy of the last launch is there, and its file has not changed since."""
        if not self._last.is_file():
            return False
        if not source or is_lesson(source):
            return True
        try:
            return Path(source).stat().st_mtime <= self._last.stat().st_mtime
        except OSError:
            # The file is gone; the copy is all there is.
            return True

    def _restore_copy(self) -> bool:
        for orphan in orphans(self._data / "recovery"):
            if not ask_to_restore(self._window, orphan.name, orphan.when):
                remove(orphan.path)
                continue
            try:
                session = file.load(orphan.path)
            except NablaError:
                remove(orphan.path)
                raise
            self._recovery.adopt(orphan)
            known = is_lesson(orphan.source) or Path(orphan.source).is_file()
            self._take(session, orphan.source if orphan.source and known else "")
            # It holds changes that no file has.
            self._store.undo_stack.resetClean()
            return True
        return False

    def start_autosave(self) -> None:
        """Copy unsaved changes every minute from now on."""
        self._timer.start()

    def autosave(self) -> None:
        """Copy unsaved changes, in a worker's thread, if there are new ones."""
        document = self._store.document
        if not self._store.is_modified:
            self._forget_copy()
            return
        if document is self._copied:
            return
        self._copied = document
        session, recovery, source, name = self._session(), self._recovery, self._source, self.name

        def work(cancelled: Cancelled) -> None:
            data = file.encoded(session)
            if cancelled():
                return
            try:
                recovery.write(data, source, name)
            except OSError as error:
                reason = error.strerror or str(error)
                path = str(recovery.path)
                raise NablaError("session.not_written", path=path, reason=reason) from error

        self._lane.request(work)

    def _forget_copy(self) -> None:
        self._lane.cancel()
        self._recovery.clear()
        self._copied = None


def _data_folder() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)


def _as_file_name(name: str) -> str:
    """A name without what no file name may hold."""
    return "".join("-" if character in '<>:"/\\|?*' else character for character in name).strip(
        " ."
    )
