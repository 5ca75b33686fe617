"""Before the class: what an author lays down and `course release` writes, translations and `course update` included."""
