/* pattern.h - pieces of the ECMA 262 patterns that the types put into the JSON Schema. */
#pragma once

/* What text_flaw() refuses, as the inside of a character class. */
#define PATTERN_CONTROL "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029"
#define PATTERN_LINES   "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028\\u2029"

#define PATTERN_NUMBER "(0|[1-9][0-9]*)"
#define PATTERN_PORT \
	"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"

#define PATTERN_OCTET "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define PATTERN_IPV4  "(" PATTERN_OCTET "\\.){3}" PATTERN_OCTET

/* RFC 3986, appendix A: IPv6address. */
#define PATTERN_H16  "[0-9A-Fa-f]{1,4}"
#define PATTERN_LS32 "(" PATTERN_H16 ":" PATTERN_H16 "|" PATTERN_IPV4 ")"
#define PATTERN_IPV6                                                                      \
	"((" PATTERN_H16 ":){6}" PATTERN_LS32 "|::(" PATTERN_H16 ":){5}" PATTERN_LS32     \
	"|(" PATTERN_H16 ")?::(" PATTERN_H16 ":){4}" PATTERN_LS32 "|((" PATTERN_H16       \
	":){0,1}" PATTERN_H16 ")?::(" PATTERN_H16 ":){3}" PATTERN_LS32 "|((" PATTERN_H16  \
	":){0,2}" PATTERN_H16 ")?::(" PATTERN_H16 ":){2}" PATTERN_LS32 "|((" PATTERN_H16  \
	":){0,3}" PATTERN_H16 ")?::" PATTERN_H16 ":" PATTERN_LS32 "|((" PATTERN_H16       \
	":){0,4}" PATTERN_H16 ")?::" PATTERN_LS32 "|((" PATTERN_H16 ":){0,5}" PATTERN_H16 \
	")?::" PATTERN_H16 "|((" PATTERN_H16 ":){0,6}" PATTERN_H16 ")?::)"
#define PATTERN_ADDRESS "(" PATTERN_IPV4 "|" PATTERN_IPV6 ")"
