"""What has to be asked about files: unsaved changes, and changes left behind by a crash."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QMessageBox, QWidget

from gui import i18n
from gui.i18n import tr


class Answer(Enum):
    """What shall become of unsaved changes."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask_about_changes(parent: QWidget, name: str) -> Answer:
    """Ask what shall become of the unsaved changes to a document."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Unsaved changes"))
    box.setText(tr("Save the changes to “{0}”?").format(name))
    box.setInformativeText(tr("They are lost if you do not save them."))
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("Don't save"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    if chosen is save:
        return Answer.SAVE
    return Answer.DISCARD if chosen is discard else Answer.CANCEL


def ask_to_restore(parent: QWidget, name: str, seconds: float) -> bool:
    """Ask whether to restore changes that a crash has left behind, of a time since 1970."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Restore unsaved changes"))
    box.setText(tr("Nabla did not end properly. Restore the changes that were not saved?"))
    moment = QDateTime.fromSecsSinceEpoch(int(seconds))
    when = QLocale(i18n.current()).toString(moment, QLocale.FormatType.ShortFormat)
    box.setInformativeText(tr("“{0}”, as of {1}").format(name or tr("Untitled"), when))
    restore = box.addButton(tr("Restore"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(restore)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    return chosen is restore
