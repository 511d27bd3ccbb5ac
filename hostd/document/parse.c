#include <string.h>

#include "document/reading.h"

struct mark reading_mark(const struct reading *reading, yaml_mark_t mark)
{
	return (struct mark){ reading->source->name, (unsigned)mark.line + 1,
			      (unsigned)mark.column + 1 };
}

const char *reading_at(struct reading *reading, yaml_mark_t mark)
{
	const char *text = reading->source->text;

	for (; reading->character < mark.index && text[reading->byte]; reading->character++)
		do
			reading->byte++;
		while ((text[reading->byte] & 0xc0) == 0x80);
	return text + reading->byte;
}

void reading_stop(struct reading *reading, struct mark mark, const char *what, unsigned most)
{
	fault_at(reading->faults, mark, "more than %u %s", most, what);
	reading->stop = true;
}

struct node *reading_node(struct reading *reading, enum node_kind kind, struct mark mark)
{
	struct node *node = ARENA_NEW(reading->arena, struct node);

	node->kind = kind;
	node->mark = mark;
	if (++reading->nodes > DOCUMENT_NODES_MAX && !reading->stop)
		reading_stop(reading, mark, "values in one file", DOCUMENT_NODES_MAX);
	return node;
}

static struct frame *frame_top(struct reading *reading)
{
	return reading->depth ? &reading->frames[reading->depth - 1] : NULL;
}

static bool wants_key(const struct frame *frame)
{
	return frame && frame->container->kind == NODE_MAP && !frame->wants_value;
}

/* Puts a value where it belongs; a container at its start, so that what was read
 * of it is there if its end never comes. */
static void attach(struct reading *reading, struct node *node)
{
	struct frame *frame = frame_top(reading);

	if (!frame) {
		reading->root = node;
		return;
	}
	if (frame->container->kind == NODE_LIST) {
		node_append(frame->container, node);
		return;
	}
	frame->wants_value = false;
	if (frame->merges) {
		frame->merge = node;
		frame->merges = false;
		return;
	}
	if (!frame->key)
		return;
	node->key = frame->key;
	node->key_mark = frame->key_mark;
	node_append(frame->container, node);
	const struct node *before = index_add(&frame->keys, node->key, node);
	if (before) {
		fault_at(reading->faults, node->key_mark, "%s is given twice",
			 text_quoted(reading->scratch, node->key));
		fault_also(reading->faults, before->key_mark, "first given here");
	}
}

/* A key was read; NULL: one that was refused. */
static void take_key(struct frame *frame, const char *key, struct mark mark)
{
	frame->container->broken |= !key;
	frame->wants_value = true;
	frame->key = key;
	frame->key_mark = mark;
}

static void take_merge_key(struct reading *reading, struct frame *frame, struct mark mark)
{
	take_key(frame, "<<", mark);
	frame->merges = !frame->merge_mark.line;
	if (frame->merges) {
		frame->merge_mark = mark;
		return;
	}
	take_key(frame, NULL, mark);
	fault_at(reading->faults, mark, "\"<<\" is given twice");
	fault_also(reading->faults, frame->merge_mark, "first given here");
	fault_hint(reading->faults, "merge a list: <<: [*one, *two]");
}

/* libyaml swallows the tag "!" of a scalar: look whether the text begins with it. */
static bool has_lone_tag(struct reading *reading, const yaml_event_t *event)
{
	if (event->type != YAML_SCALAR_EVENT)
		return false;
	const char *at = reading_at(reading, event->start_mark);
	if (*at == '&') {
		at += strcspn(at, " \t\r\n");
		at += strspn(at, " \t\r\n");
	}
	return *at == '!';
}

/* True where a tag was refused; what it stands on is then not to be judged further. */
static bool refuse_tag(struct reading *reading, const yaml_event_t *event, const void *tag)
{
	if (!tag && !has_lone_tag(reading, event))
		return false;
	tag_fault(reading, reading_mark(reading, event->start_mark));
	return true;
}

static bool is_null(const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;

	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static struct node *make_scalar(struct reading *reading, const yaml_event_t *event,
				struct mark mark)
{
	const char *text = (const char *)event->data.scalar.value;
	bool null = is_null(event);
	struct node *node = reading_node(reading, null ? NODE_NULL : NODE_SCALAR, mark);

	node->broken = refuse_tag(reading, event, event->data.scalar.tag);
	if (strlen(text) != event->data.scalar.length) {
		fault_at(reading->faults, mark, "a NUL character is refused");
		node->broken = true;
	}
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (!null)
		node->text = arena_strndup(reading->arena, text, event->data.scalar.length);
	return node;
}

static void take_scalar_key(struct reading *reading, struct frame *frame, const struct node *node)
{
	if (node->kind == NODE_SCALAR && !node->quoted && strcmp(node->text, "<<") == 0) {
		take_merge_key(reading, frame, node->mark);
		return;
	}
	if (node->kind != NODE_SCALAR) {
		fault_at(reading->faults, node->mark, "a key must be a word, not %s",
			 node_kind_name(node->kind));
		if (node->kind == NODE_NULL)
			fault_hint(reading->faults, "quote it if the word is meant: \"null\"");
	}
	take_key(frame, node->kind == NODE_SCALAR && !node->broken ? node->text : NULL, node->mark);
}

static void on_scalar(struct reading *reading, const yaml_event_t *event)
{
	struct frame *frame = frame_top(reading);
	struct mark mark = reading_mark(reading, event->start_mark);
	struct node *node = make_scalar(reading, event, mark);

	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	reading->doubtful_end = (unsigned)event->end_mark.line + 1;
	reading->doubtful = plain && reading->doubtful_end != mark.line ? node : NULL;
	if (event->data.scalar.anchor)
		anchor_add(reading, (const char *)event->data.scalar.anchor, mark, node, false);
	if (wants_key(frame))
		take_scalar_key(reading, frame, node);
	else
		attach(reading, node);
}

static void on_alias(struct reading *reading, const yaml_event_t *event)
{
	struct frame *frame = frame_top(reading);
	struct mark mark = reading_mark(reading, event->start_mark);
	const struct node *found =
		anchor_find(reading, (const char *)event->data.alias.anchor, mark);

	if (wants_key(frame)) {
		struct node key = found ? *found : (struct node){};
		key.mark = mark;
		if (found)
			take_scalar_key(reading, frame, &key);
		else
			take_key(frame, NULL, mark);
		return;
	}
	if (found && frame && frame->merges) {
		frame->merge = found; /* copied once, and only what is needed, by merge_resolve */
		frame->merges = frame->wants_value = false;
		return;
	}
	struct node *node =
		found ? alias_expand(reading, found, mark) : reading_node(reading, NODE_NULL, mark);
	node->broken |= !found;
	attach(reading, node);
}

static void on_start(struct reading *reading, const yaml_event_t *event, enum node_kind kind,
		     const void *anchor, const void *tag)
{
	struct frame *frame = frame_top(reading);
	struct mark mark = reading_mark(reading, event->start_mark);
	struct node *node = reading_node(reading, kind, mark);

	node->broken = refuse_tag(reading, event, tag);
	if (wants_key(frame)) {
		fault_at(reading->faults, mark, "a key must be a word, not %s",
			 node_kind_name(kind));
		const char *at = source_at(reading->source, mark);
		fault_hint(reading->faults, "%s",
			   at > reading->source->text && at[-1] == '{' && *at == '{'
				   ? "there are no templates; quote it if its text is meant"
				   : "quote it if its text is meant");
		take_key(frame, NULL, mark);
	} else {
		attach(reading, node);
	}
	if (reading->depth == DOCUMENT_DEPTH_MAX) {
		node->broken = true;
		reading_stop(reading, mark, "levels of nesting", DOCUMENT_DEPTH_MAX);
		return;
	}
	frame = &reading->frames[reading->depth++];
	index_clear(&frame->keys);
	*frame = (struct frame){ .container = node, .keys = frame->keys };
	if (anchor)
		frame->anchor = anchor_add(reading, anchor, mark, node, true);
}

static void on_end(struct reading *reading)
{
	struct frame *frame = frame_top(reading);

	reading->depth--;
	merge_resolve(reading, frame);
	if (frame->anchor)
		frame->anchor->open = false;
}

static void on_document(struct reading *reading, const yaml_event_t *event)
{
	struct mark mark = reading_mark(reading, event->start_mark);

	if (!reading->document.line) {
		reading->document = mark;
		return;
	}
	fault_at(reading->faults, mark, "a second document in one file is refused");
	fault_also(reading->faults, reading->document, "the first begins here");
	reading->stop = true;
}

static void on_event(struct reading *reading, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		on_document(reading, event);
		break;
	case YAML_SCALAR_EVENT:
		on_scalar(reading, event);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(reading, event);
		break;
	case YAML_MAPPING_START_EVENT:
		on_start(reading, event, NODE_MAP, event->data.mapping_start.anchor,
			 event->data.mapping_start.tag);
		break;
	case YAML_SEQUENCE_START_EVENT:
		on_start(reading, event, NODE_LIST, event->data.sequence_start.anchor,
			 event->data.sequence_start.tag);
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		on_end(reading);
		break;
	default:
		break;
	}
}

static void read_events(struct reading *reading)
{
	for (bool end = false; !end && !reading->stop;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&reading->yaml, &event)) {
			syntax_fault(reading);
			break;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		on_event(reading, &event);
		if (reading->faults->count > reading->faults_most && !reading->stop)
			reading_stop(reading, reading_mark(reading, event.start_mark),
				     "mistakes in one file", DOCUMENT_FAULTS_MAX);
		yaml_event_delete(&event);
	}
	while (reading->depth) {
		frame_top(reading)->container->broken = true;
		on_end(reading);
	}
}

static void reading_start(struct reading *reading, struct arena *arena, struct arena *scratch,
			  const struct source *source, struct faults *faults)
{
	*reading = (struct reading){
		.arena = arena,
		.scratch = scratch,
		.faults = faults,
		.source = source,
		.faults_most = faults->count + DOCUMENT_FAULTS_MAX,
	};
	index_init(&reading->anchors, scratch);
	for (size_t i = 0; i < COUNT_OF(reading->frames); i++)
		index_init(&reading->frames[i].keys, scratch);
	if (!yaml_parser_initialize(&reading->yaml))
		arena_alloc(scratch, SIZE_MAX); /* out of memory: ends the process as always */
	yaml_parser_set_encoding(&reading->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reading->yaml, (const unsigned char *)source->text,
				     source->size);
}

int reading_parse(struct sources *sources, const char *name, const char *text, size_t size,
		  struct node **ret_root, struct faults *faults)
{
	ARENA_AUTO struct arena *scratch = arena_new();
	struct reading *reading = ARENA_NEW(scratch, struct reading);
	unsigned count = faults->count;

	*ret_root = NULL;
	if (size > DOCUMENT_BYTES_MAX)
		return fault_at(faults, (struct mark){ arena_strdup(faults->arena, name), 1, 1 },
				"the file is larger than %d MiB", DOCUMENT_BYTES_MAX >> 20);
	const struct source *source = source_add(sources, name, text, size);
	if (source_check(source, faults) < 0)
		return -1;
	reading_start(reading, sources->arena, scratch, source, faults);
	read_events(reading);
	yaml_parser_delete(&reading->yaml);
	*ret_root = reading->root;
	if (faults->count != count)
		return -1;
	if (!reading->root) {
		*ret_root = node_map(sources->arena);
		(*ret_root)->mark = (struct mark){ source->name, 1, 1 };
	}
	return 0;
}

int document_parse(struct sources *sources, const char *name, const char *text, size_t size,
		   struct node **ret_root, struct faults *faults)
{
	const char *kept = text;

	if (size <= DOCUMENT_BYTES_MAX) { /* else it is refused in any case */
		char *copy = arena_alloc(sources->arena, size + 1);
		memcpy(copy, text, size);
		kept = copy;
	}
	return reading_parse(sources, name, kept, size, ret_root, faults);
}
