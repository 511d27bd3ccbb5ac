/* libyaml's complaints in words for people.  The texts on the left are libyaml
 * 0.2.5's own; what is not known here is passed on as it is. */
#include <string.h>

#include "document/reading.h"

enum place { AT_PROBLEM, AT_CONTEXT };

struct complaint {
	const char *problem;
	const char *context; /* how libyaml's context begins, or NULL: any */
	enum place place;    /* which of libyaml's two marks is the one to look at */
	const char *message, *hint;
	const char *also; /* what the other mark is, or NULL */
};

static const struct complaint complaints[] = {
	{ "block sequence entries are not allowed in this context", NULL, AT_PROBLEM,
	  "a list item is not allowed here", "begin a list on a line of its own, below its key",
	  NULL },
	{ "mapping keys are not allowed in this context", NULL, AT_PROBLEM,
	  "a key is not allowed here", NULL, NULL },
	{ "found unexpected end of stream", "while scanning a quoted", AT_CONTEXT,
	  "the quote that opens here is never closed", NULL, NULL },
	{ "found unexpected document indicator", "while scanning a quoted", AT_CONTEXT,
	  "the quote that opens here is never closed", NULL, NULL },
	{ "found unknown escape character", NULL, AT_PROBLEM,
	  "no such escape after \"\\\" in double quotes", "double the \"\\\", or use single quotes",
	  NULL },
	{ "did not find expected hexdecimal number", NULL, AT_PROBLEM,
	  "hexadecimal digits are missing after \"\\\"", NULL, NULL },
	{ "found invalid Unicode character escape code", NULL, AT_PROBLEM,
	  "the escape after \"\\\" is no character", NULL, NULL },
	{ "found a tab character where an indentation space is expected", NULL, AT_PROBLEM,
	  "a tab stands where spaces must indent", "indent with spaces", NULL },
	{ "found a tab character that violates indentation", NULL, AT_PROBLEM,
	  "a tab stands where spaces must indent", "indent with spaces", NULL },
	{ "found an indentation indicator equal to 0", NULL, AT_PROBLEM,
	  "the indentation of a block of text is at least 1", NULL, NULL },
	{ "did not find expected comment or line break", "while scanning a block", AT_PROBLEM,
	  "text may not follow \"|\" or \">\" on the same line", "begin it on the next line",
	  NULL },
	{ "did not find expected alphabetic or numeric character", "while scanning an alias",
	  AT_CONTEXT, "the name of an alias is missing after \"*\"",
	  "quote the value if \"*\" is meant as it stands", NULL },
	{ "did not find expected alphabetic or numeric character", "while scanning an anchor",
	  AT_CONTEXT, "the name of an anchor is missing after \"&\"",
	  "quote the value if \"&\" is meant as it stands", NULL },
	{ "did not find expected ',' or ']'", NULL, AT_PROBLEM, "a \",\" or \"]\" is missing here",
	  NULL, "the list opens here" },
	{ "did not find expected ',' or '}'", NULL, AT_PROBLEM, "a \",\" or \"}\" is missing here",
	  NULL, "the mapping opens here" },
	{ "did not find expected '-' indicator", NULL, AT_PROBLEM, "a list item was expected here",
	  "items of one list stand in one column, each after \"- \"", "the list begins here" },
	{ "did not find expected node content", NULL, AT_PROBLEM, "a value is missing here", NULL,
	  NULL },
	{ "did not find expected <document start>", NULL, AT_PROBLEM,
	  "text stands after the end of the document",
	  "all keys of the file stand in one column, in one mapping", NULL },
	{ "found incompatible YAML document", NULL, AT_PROBLEM, "only YAML 1.1 and 1.2 are read",
	  NULL, NULL },
};

static const struct complaint *find_complaint(const yaml_parser_t *yaml)
{
	const char *context = yaml->context ? yaml->context : "";

	for (size_t i = 0; i < COUNT_OF(complaints); i++)
		if (strcmp(complaints[i].problem, yaml->problem) == 0 &&
		    (!complaints[i].context || string_starts(context, complaints[i].context)))
			return &complaints[i];
	return NULL;
}

static bool is_at_end(const char *at)
{
	return !at[strspn(at, " \t\r\n")];
}

/* Whether only blanks stand before it on its line. */
static bool begins_line(const struct source *source, const char *at)
{
	while (at > source->text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at == source->text || at[-1] == '\n' || at[-1] == '\r';
}

/* Where the indentation of a line holds a tab: its mark; line 0: nowhere. */
static struct mark tab_in_indentation(const struct source *source, struct mark mark)
{
	const char *at = source_at(source, (struct mark){ mark.file, mark.line, 1 });
	size_t spaces = strspn(at, " ");

	if (at[spaces] != '\t')
		return (struct mark){};
	return (struct mark){ mark.file, mark.line, (unsigned)spaces + 1 };
}

/* The list or mapping in brackets that is being read, or NULL. */
static const struct node *open_bracket(const struct reading *reading)
{
	const struct node *open =
		reading->depth ? reading->frames[reading->depth - 1].container : NULL;

	return open && strchr("[{", *source_at(reading->source, open->mark)) ? open : NULL;
}

/* True where the text ends inside of brackets, or one closes what was never opened. */
static bool fault_bracket(struct reading *reading, struct mark problem)
{
	const struct node *open = open_bracket(reading);
	const char *at = source_at(reading->source, problem);

	if (open && is_at_end(at))
		fault_at(reading->faults, open->mark, "the \"%c\" that opens here is never closed",
			 *source_at(reading->source, open->mark));
	else if (!open && *at && strchr("]}", *at))
		fault_at(reading->faults, problem, "nothing opens this \"%c\"", *at);
	else
		return false;
	return true;
}

/* A key was expected in a block mapping and something else stands there. */
static void fault_no_key(struct reading *reading, struct mark mark, struct mark begin)
{
	const char *at = source_at(reading->source, mark);

	if (!begins_line(reading->source, at)) {
		fault_at(reading->faults, mark, "text stands after the end of the value");
		fault_hint(reading->faults, "put the whole value in quotes");
		return;
	}
	if (*at == '-')
		fault_at(reading->faults, mark, "a list item stands where a key is expected");
	else if (mark.column == begin.column)
		fault_at(reading->faults, mark, "a key is missing here");
	else
		fault_at(reading->faults, mark,
			 "this line is indented like nothing above it, column %u is expected",
			 begin.column);
	if (mark.line != begin.line)
		fault_also(reading->faults, begin, "the mapping begins here");
}

static void fault_no_token(struct reading *reading, struct mark mark)
{
	const char *at = source_at(reading->source, mark);

	fault_at(reading->faults, mark, "a value may not begin with \"%c\"", *at);
	fault_hint(reading->faults, "put it in quotes");
}

/* True where the line above is "key:value", which YAML takes for one word. */
static bool fault_colon_above(struct reading *reading, struct mark mark)
{
	size_t size = 0;
	const char *line = source_span(reading->source, mark.line - 1, &size);
	unsigned blanks = line ? (unsigned)strspn(line, " ") : 0;
	const char *colon = line ? memchr(line, ':', size) : NULL;

	if (!colon || colon[1] == ' ' || colon + 1 >= line + size)
		return false;
	fault_at(reading->faults, (struct mark){ mark.file, mark.line - 1, blanks + 1 },
		 "a \": \" is missing after this key");
	fault_hint(reading->faults, "a space follows the \":\" of a key");
	return true;
}

/* A ":" where no key can be: either a second one on its line, or the line was taken
 * for more of the value above it. */
static void fault_second_colon(struct reading *reading, struct mark mark)
{
	const struct source *source = reading->source;
	struct mark begin = { mark.file, mark.line, 1 };
	const char *line = source_at(source, begin), *colon = source_at(source, mark);
	const char *other = line;

	while (other < colon && (*other != ':' || other[1] != ' '))
		other++;
	if (other < colon || mark.line == 1) {
		fault_at(reading->faults, mark, "a \":\" is not allowed here");
		fault_hint(reading->faults, "quote a value that holds \": \"");
		return;
	}
	if (fault_colon_above(reading, mark))
		return;
	begin.column += (unsigned)strspn(line, " ");
	fault_at(reading->faults, begin, "this line is read as more of the value above it");
	fault_hint(reading->faults, "indent it like the key above");
}

static void fault_no_colon(struct reading *reading, struct mark mark)
{
	const char *at = source_at(reading->source, mark);
	const char *colon = at + strcspn(at, ":\r\n");

	fault_at(reading->faults, mark, "a \": \" is missing after this key");
	if (*at == '-' && !strchr(" \r\n", at[1]))
		fault_hint(reading->faults, "a space follows the \"-\" of a list item");
	else if (*colon == ':')
		fault_hint(reading->faults, "a space follows the \":\" of a key");
}

void tag_fault(struct reading *reading, struct mark mark)
{
	const char *at = source_at(reading->source, mark);

	at += strcspn(at, "!");
	fault_at(reading->faults, mark, "tag \"%s\" is refused",
		 arena_strndup(reading->scratch, at, strcspn(at, " \t\r\n,[]{}")));
	fault_hint(reading->faults, "leave it out, or quote the value if \"!\" is meant");
}

static void fault_known(struct reading *reading, const struct complaint *known, struct mark problem,
			struct mark context)
{
	bool first = known->place == AT_CONTEXT;

	fault_at(reading->faults, first ? context : problem, "%s", known->message);
	if (known->hint)
		fault_hint(reading->faults, "%s", known->hint);
	if (known->also && context.line)
		fault_also(reading->faults, first ? problem : context, known->also);
}

/* Those that need a look at the text; false: none of them. */
static bool fault_special(struct reading *reading, struct mark problem, struct mark context)
{
	const char *said = reading->yaml.problem;
	bool quote = reading->yaml.context &&
		     string_starts(reading->yaml.context, "while scanning a quoted");

	if (!quote && fault_bracket(reading, problem))
		return true;
	if (reading->yaml.context && string_starts(reading->yaml.context, "while scanning a tag"))
		tag_fault(reading, context);
	else if (strcmp(said, "found undefined tag handle") == 0)
		tag_fault(reading, problem);
	else if (strcmp(said, "did not find expected key") == 0)
		fault_no_key(reading, problem, context);
	else if (strcmp(said, "found character that cannot start any token") == 0)
		fault_no_token(reading, problem);
	else if (strcmp(said, "mapping values are not allowed in this context") == 0)
		fault_second_colon(reading, problem);
	else if (strcmp(said, "could not find expected ':'") == 0)
		fault_no_colon(reading, context);
	else
		return false;
	return true;
}

void syntax_fault(struct reading *reading)
{
	const yaml_parser_t *yaml = &reading->yaml;
	struct mark problem = reading_mark(reading, yaml->problem_mark), context = {};

	if (yaml->error == YAML_MEMORY_ERROR)
		arena_alloc(reading->scratch, SIZE_MAX); /* ends the process as always */
	if (yaml->context)
		context = reading_mark(reading, yaml->context_mark);
	/* What swallowed the lines up to here was not meant so. */
	if (reading->doubtful && reading->doubtful_end == problem.line)
		reading->doubtful->broken = true;
	const struct complaint *known = find_complaint(yaml);
	struct mark tab = tab_in_indentation(reading->source, problem);
	if (tab.line && (!known || known->place == AT_PROBLEM)) {
		fault_at(reading->faults, tab, "a tab stands where spaces must indent");
		fault_hint(reading->faults, "indent with spaces");
	} else if (fault_special(reading, problem, context)) {
		return;
	} else if (known) {
		fault_known(reading, known, problem, context);
	} else {
		fault_at(reading->faults, problem, "no valid YAML: %s", yaml->problem);
	}
}
