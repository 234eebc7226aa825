-- What two engines share: an estate's key is the log index of its first entry (on this engine
-- it always was); an entry's hash has no index of its own (its uniqueness follows from the
-- chain, and a random B-tree was a third of the cost of a posting); nodes and snapshots are
-- indexes, which `rebuild` empties and makes anew.

alter table entry drop constraint entry_hash_key;
drop trigger log_node_is_never_changed on log_node;

-- The fold's state of a long chain after some entry, so that it needn't be folded from the
-- start. It carries its own sum against damage; `verify` compares it with a full fold.
create table book_snapshot (
    estate_id bigint primary key references estate,
    -- how many entries the book had
    entries bigint not null,
    -- `Book::snapshot`; what it holds is the program's own business
    body text not null
);
