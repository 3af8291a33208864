# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A call that comes later, and one that is called off in time.

import threading

reminder = threading.Timer(0.02, lambda what: print(f"remember the {what}"), args=("tea",))
alarm = threading.Timer(3600, lambda: print("never printed"))
reminder.start()
alarm.start()
alarm.cancel()
alarm.join()
print("the alarm is off")
reminder.join()
