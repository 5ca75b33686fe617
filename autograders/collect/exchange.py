"""nbgrader's exchange, where a submission that is not as the exchange makes them stops no other one."""

import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

from autograders.collect.strict_files import SECRET


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Release pages of whoever handed in by the exchange: nbgrader names a page by the secret that lies beside it.

    Others, who handed in another way or took the secret out of their submission, are named in the log.
    """

    def copy_files(self):
        """Copy the pages into the exchange."""
        left_out = list(filter(None, self.coursedir.student_id_exclude.split(",")))
        for folder in map(Path, glob.glob(self.src_path)):
            missing = [name for name in ("timestamp.txt", SECRET) if not (folder / name).is_file()]
            if missing:
                self.log.warning("not released, since there is no %s: %s", " and no ".join(missing), folder)
                left_out.append(folder.parent.name)
        self.coursedir.student_id_exclude = ",".join(left_out)
        super().copy_files()
