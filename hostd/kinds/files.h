/* files.h - the header line of every file that a kind writes. */
#pragma once

/* What the first line of a file of ours begins with; behind it come " for ITEM; ...". */
#define FILE_MARK "# made by gasthof"
