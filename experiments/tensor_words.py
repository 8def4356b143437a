"""What is done to get each tensor of a block, in a sentence of Chinese and one of English (block/shape-tracer)."""

SAYS: dict[str, tuple[str, str]] = {
    "ids": (
        "每个词换成它在词表里的编号。模型看到的只有这些整数。",
        "Each word is replaced by its number in the vocabulary. These whole numbers are all the model sees.",
    ),
    "x": (
        "按编号从嵌入表里取一行，每个词得到 C 个数。这就是残差流的起点，后面每一支都往它上面加。",
        "Each number fetches its row of the embedding table: C numbers a word. The residual stream starts here, "
        "and every branch is added to it.",
    ),
    "norm_1": (
        "注意力之前的 RMSNorm：每个词的 C 个数除以它们的均方根，再乘上学到的权重。x 自己不变，它还要走残差那条路。",
        "The RMSNorm before attention: each word's C numbers are divided by their root mean square and multiplied "
        "by learned weights. x itself stays as it is for the residual path.",
    ),
    "q_proj": (
        "乘一个 C × (H·D) 的矩阵：每个词在问什么。H 个头的 D 个数还连在一起。",
        "Multiplied by a C × (H·D) matrix: what each word asks. The D numbers of all H heads still lie side by side.",
    ),
    "k_proj": (
        "乘一个 C × (K·D) 的矩阵：每个词拿什么应答。K 个 KV 头比 H 少时（GQA），它比 q_proj 窄。",
        "Multiplied by a C × (K·D) matrix: what each word answers with. With fewer KV heads than H (GQA) it is "
        "narrower than q_proj.",
    ),
    "v_proj": (
        "再乘一个 C × (K·D) 的矩阵：被看中时，每个词交出什么。",
        "Multiplied by one more C × (K·D) matrix: what each word hands over when it is looked at.",
    ),
    "q": (
        "切成 H 个头，再把头换到位置前面。数字一个没变，只是换了排法。",
        "Cut into H heads, and the heads moved before the positions. Not one number changes, only their order.",
    ),
    "k": (
        "同样切开：K 个头，每个头 D 个数。KV 缓存里存的就是这些（转过位置之后的）。",
        "Cut in the same way: K heads of D numbers. This is what a KV cache keeps (after RoPE).",
    ),
    "v": (
        "同样切开。位置不转动 v，只转动 q 和 k。",
        "Cut in the same way. Positions turn q and k, never v.",
    ),
    "q_norm": (
        "QK-norm：每个头的 D 个数再做一次 RMSNorm，分数就不会因为 q 变长而失控。",
        "QK-norm: one more RMSNorm over the D numbers of each head, so that no score runs away with the length of q.",
    ),
    "k_norm": (
        "k 也一样。v 不归一化。",
        "The same for k. v is not normalized.",
    ),
    "q_rope": (
        "RoPE：位置 t 的词，每一对数转 t 份角度。转动不改变长度。",
        "RoPE: at position t every pair of numbers is turned by t angles of its own. A turn changes no length.",
    ),
    "k_rope": (
        "k 也按自己的位置转。q·k 里剩下的只有两个位置的差。",
        "k is turned by its own position. In q·k only the difference of the two positions is left.",
    ),
    "k_repeated": (
        "GQA：一个 KV 头供 H/K 个查询头用，这里抄成 H 份。缓存里仍然只存 K 份。",
        "GQA: one KV head serves H/K query heads, and is copied H/K times here. A cache still keeps K of them.",
    ),
    "v_repeated": (
        "v 也抄成 H 份。",
        "v is copied in the same way.",
    ),
    "scores": (
        "每个 q 和每个 k 的点积：T 个词问，T 个词答，所以是 T × T。T 翻倍，它变成四倍。",
        "The dot product of every q with every k: T words ask, T answer, hence T × T. Twice the T, four "
        "times the bytes.",
    ),
    "scaled": (
        "除以 √D。D 个数相加的点积，标准差是 √D 的量级，除掉它就回到 1 左右。",
        "Divided by √D. A dot product adds up D numbers and has a standard deviation of about √D; this "
        "brings it back to 1.",
    ),
    "masked": (
        "右上角换成 −∞：谁都不许看后面的词。均值和标准差只算剩下的格子。",
        "The upper right becomes −∞: no word may look at a later one. Mean and std are those of the cells "
        "that are left.",
    ),
    "weights": (
        "每行做 softmax：−∞ 变成 0，一行加起来是 1。第一个词只能看自己，所以第一行只有一个 1。",
        "A softmax over each row: −∞ becomes 0, and a row adds up to 1. The first word can see only itself: "
        "its row is one 1.",
    ),
    "mixed": (
        "按权重把各个词的 v 加起来。T × T 到此为止，又回到每个头 D 个数。",
        "The v of all words added up by their weights. That is the end of T × T: D numbers a head again.",
    ),
    "joined": (
        "H 个头接回一条，还是只换排法。",
        "The H heads are joined again: only the order changes, as when they were cut.",
    ),
    "o_proj": (
        "乘一个 (H·D) × C 的矩阵，把各个头看到的混在一起，宽度回到 C，才加得回去。",
        "Multiplied by an (H·D) × C matrix: what the heads saw is mixed, and the width is C again, or it "
        "could not be added.",
    ),
    "residual_1": (
        "x 加上注意力的结果。形状和 x 一样，所以能一块接一块地叠。",
        "x plus what attention found. Its shape is that of x, which is why blocks can be stacked.",
    ),
    "norm_2": (
        "前馈之前的 RMSNorm，对象是刚加完的残差流。",
        "The RMSNorm before the FFN, of the stream as it is after the addition.",
    ),
    "gate_proj": (
        "乘一个 C × M 的矩阵：SwiGLU 的闸门。宽度从 C 放大到 M。",
        "Multiplied by a C × M matrix: the gate of SwiGLU. The width grows from C to M.",
    ),
    "silu": (
        "silu(z) = z · sigmoid(z)：负的几乎关掉，正的几乎原样通过。整块里，注意力之外的非线性主要在这里。",
        "silu(z) = z · sigmoid(z): what is negative is nearly shut off, what is positive passes nearly unchanged.",
    ),
    "up_proj": (
        "再乘一个 C × M 的矩阵：要从闸门里通过的内容。",
        "Multiplied by a second C × M matrix: what is to pass through the gate.",
    ),
    "inner": (
        "闸门乘内容，逐个相乘。T 不大的时候，全块最大的张量就是这一组宽 M 的。",
        "Gate times content, number by number. While T is small, these tensors of width M are the block's largest.",
    ),
    "down_proj": (
        "乘一个 M × C 的矩阵，缩回 C。",
        "Multiplied by an M × C matrix: back to C.",
    ),
    "residual_2": (
        "再加一次。这就是一个块的输出，形状和输入一模一样。",
        "Added once more. This is the block's output, of exactly the shape that went in.",
    ),
    "final_norm": (
        "所有块之后的最后一个 RMSNorm。残差流一路在变大，这里拉回到 1 左右。",
        "The last RMSNorm, after all blocks. The stream has grown on the way; here it comes back to about 1.",
    ),
    "logits": (
        "和嵌入表里每个词的向量做点积（权重共享）：词表里每个词一个分数。",
        "The dot product with every word's row of the embedding table (tied weights): one score for each "
        "word there is.",
    ),
    "probabilities": (
        "softmax：下一个词是谁，每行加起来是 1。列是词表的前几十个词。",
        "A softmax: what the next word is; each row adds up to 1. The columns are the first words of the vocabulary.",
    ),
}

LATER_BLOCK = (
    "又一个块，从头到尾同样的步骤，这里只看它的输出。",
    "One more block, the same steps from start to end; only its output is shown.",
)
