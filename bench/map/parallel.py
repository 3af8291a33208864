# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
import sys

import workload

sys.exit(workload.main(["parallel", "--will-cite", "-j", "2", "/bin/true"], usual=200))
