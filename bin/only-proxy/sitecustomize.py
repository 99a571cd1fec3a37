"""
Loaded by a Python program that finds this folder on PYTHONPATH, before anything else runs: the program connects to the
proxy of KINOSCOPE_PROXY_PORT and nowhere else. yt-dlp before 2023.11.14 lets a web page lay down that no proxy is used.
"""

import importlib.machinery
import importlib.util
import os
import sys

PROXY = ('127.0.0.1', int(os.environ['KINOSCOPE_PROXY_PORT']))


def only_proxy(event, arguments):
    if event in ('socket.connect', 'socket.sendto', 'socket.sendmsg') and arguments[1] != PROXY:
        raise PermissionError('a connection past the proxy was refused')


sys.addaudithook(only_proxy)

# The machine's own module of this name, which this one hides.
own = os.path.dirname(os.path.abspath(__file__))
hidden = importlib.machinery.PathFinder.find_spec(__name__, [folder for folder in sys.path if os.path.abspath(folder) != own])
if hidden and hidden.loader:
    hidden.loader.exec_module(importlib.util.module_from_spec(hidden))
