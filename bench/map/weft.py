# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
import os
import sys

import workload

weft = os.environ["WEFT_BENCH_BUILD"] + "/weft"
sys.exit(workload.main([weft, "map", "-j", "2", "--", "/bin/true", "{}"], usual=1000, has_view=True))
