# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
import sys

import workload

# Captures nothing, orders nothing, reports nothing but an exit status.
sys.exit(workload.main(["xargs", "-P", "2", "-n", "1", "/bin/true"], usual=1000))
