//! What people write, made up: the lengths are those of real messages to a city, the words are ours.
//!
//! Words come as often as words do (the second half as often as the first, and so on), so that their two-character
//! pieces are spread like those of real texts. No letter has another form, so that a text stands in an index as it was
//! written. Three words stand apart, so that it is known how often they occur.

use crate::dice::Dice;

/// A word that stands in a fifth of all cases.
pub(crate) const FREQUENT: &str = "噪音";
/// A word that stands in 20 of a million cases.
pub(crate) const RARE: &str = "鹦鹉";
/// A word that nobody wrote.
pub(crate) const ABSENT: &str = "琥珀";

/// One case in so many has the rare word.
const RARE_ONE_IN: u64 = 50_000;

/// Lengths in characters, at 0, 10, 20 … 90, 95, 99 and 100 hundredths of 3,571 messages (1,408 answers).
type Lengths = [u32; 13];
const SUBJECT: Lengths = [4, 14, 15, 17, 18, 19, 21, 22, 24, 26, 28, 32, 36];
const CONTENT: Lengths = [9, 66, 98, 126, 160, 202, 258, 338, 461, 763, 1141, 2332, 6999];
const REPLY: Lengths = [10, 51, 109, 161, 214, 264, 319, 394, 495, 684, 932, 1984, 7883];
const AT: [u32; 13] = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 100];

/// The words, the most frequent first. None has a character of the three above.
const WORDS: &str = "我们 小区 没有 业主 问题 居民 反映 希望 政府 部门 领导 解决 情况 公司 物业 相关 投诉 工作 道路 处理 \
    车辆 停车 电话 管理 影响 学校 垃圾 安全 孩子 公交 施工 请问 一直 已经 多次 至今 答复 尊敬 您好 谢谢 街道 社区 办理 \
    费用 合同 房屋 开发商 入住 质量 漏水 电梯 消防 通道 占用 违建 拆除 拆迁 补偿 安置 户口 社保 医保 养老 退休 工资 拖欠 农民工 \
    老板 合理 收费 标准 退款 商家 消费者 欺骗 广告 虚假 宣传 快递 网购 平台 客服 推诿 态度 窗口 排队 预约 材料 证明 手续 流程 \
    审批 许可 营业执照 税务 发票 公积金 贷款 银行 利率 提取 购房 摇号 限购 学区 划片 招生 入学 幼儿园 教师 补课 作业 食堂 卫生 \
    医院 挂号 医生 药品 疫苗 急诊 报销 比例 污水 排放 河道 臭味 油烟 扬尘 绿化 树木 修剪 路灯 井盖 破损 积水 内涝 排水 管网 自来水 \
    停水 停电 燃气 供暖 温度 改造 加装 维修 基金 业委会 选举 公示 账目 公共 收益 宠物 遛狗 高空 抛物 夜市 摊贩 广场 舞蹈 音响 \
    深夜 凌晨 休息 老人 残疾 低保 救助 慰问 志愿 公园 健身 器材 地铁 站点 线路 班次 司机 拒载 出租 网约车 共享 单车 乱停 斑马线 红绿灯 \
    拥堵 事故 交警 罚款 扣分 驾照 年检 高速 出口 乡镇 村委 土地 承包 征收 宅基地 自建 水库 农田 灌溉 化肥 养殖 贫困 扶持 补贴 就业 \
    创业 培训 证书 考试 职称 人才 落户 租房 中介 押金 合租 群租 隔断 燃放 烟花 明火 隐患 排查 整改 通报 监督 举报 核实 回访 满意";

/// The words of a copied case, of a kind that is searched.
pub(crate) fn own(kind: Kind, seed: u64, ordinal: u64) -> String {
    let mut dice = Dice::new(seed ^ ordinal.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ kind as u64);
    match kind {
        Kind::Subject => subject(&mut dice),
        Kind::Content => content(&mut dice, ordinal),
        Kind::Reply => reply(&mut dice),
    }
}

/// The kinds of text that are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The line that names a case.
    Subject = 1,
    /// What happened.
    Content = 2,
    /// What was answered.
    Reply = 3,
}

/// A made-up subject.
pub(crate) fn subject(dice: &mut Dice) -> String {
    text(dice, SUBJECT, &[])
}

/// A made-up message of the case with this ordinal.
pub(crate) fn content(dice: &mut Dice, ordinal: u64) -> String {
    let mut marked = Vec::new();
    if dice.below(5) == 0 {
        marked.push(FREQUENT);
    }
    if ordinal % RARE_ONE_IN == 7 {
        marked.push(RARE);
    }
    text(dice, CONTENT, &marked)
}

/// A made-up answer.
pub(crate) fn reply(dice: &mut Dice) -> String {
    text(dice, REPLY, &[])
}

/// A text of a length that is as frequent as in life, with these words in it.
fn text(dice: &mut Dice, lengths: Lengths, marked: &[&str]) -> String {
    thread_local! {
        static SPLIT: Vec<&'static str> = WORDS.split_whitespace().collect();
    }
    let length = length(dice, lengths);
    SPLIT.with(|words| {
        let mut text = String::with_capacity(length * 3 + 16);
        let mut characters = 0;
        for word in marked {
            text.push_str(word);
            characters += 2;
        }
        let mut since_stop = 0;
        while characters < length {
            let word = words[zipf(dice, words.len())];
            text.push_str(word);
            let letters = word.len() / 3;
            characters += letters;
            since_stop += letters;
            if since_stop > 9 && characters + 1 < length {
                text.push(if dice.below(4) == 0 { '。' } else { '、' });
                characters += 1;
                since_stop = 0;
            }
        }
        text
    })
}

/// A place in a list where each place comes as often as one over its number.
fn zipf(dice: &mut Dice, places: usize) -> usize {
    // The ranks add up like a logarithm, so that each doubling of the rank is as frequent as the one before: a doubling
    // is drawn first, and then a place in it.
    let doublings = u64::from(places.ilog2());
    let begin = 1_u64 << dice.below(doublings + 1);
    let place = begin - 1 + dice.below(begin);
    usize::try_from(place).map_or(0, |place| place % places)
}

/// A length between those of the table, as frequent as there.
fn length(dice: &mut Dice, lengths: Lengths) -> usize {
    let at = u32::try_from(dice.below(10_000)).expect("it is below");
    let hundredth = at / 100;
    let place = AT
        .iter()
        .rposition(|from| *from <= hundredth)
        .unwrap_or(0)
        .min(11);
    let (low, high) = (lengths[place], lengths[place + 1]);
    let (from, to) = (AT[place] * 100, AT[place + 1] * 100);
    (low + (high - low) * (at - from) / (to - from)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_words_come_as_often_as_is_said() {
        let mut dice = Dice::new(1);
        let texts: Vec<String> = (0..5000).map(|at| content(&mut dice, at)).collect();
        let frequent = texts.iter().filter(|text| text.contains(FREQUENT)).count();
        assert!((850..1150).contains(&frequent), "{frequent} of 5000");
        assert_eq!(texts.iter().filter(|text| text.contains(RARE)).count(), 1);
        assert!(!texts.iter().any(|text| text.contains(ABSENT)));
    }

    #[test]
    fn half_of_the_messages_are_shorter_than_the_middle() {
        let mut dice = Dice::new(2);
        let shorter = (0..2000).filter(|_| length(&mut dice, CONTENT) < 202).count();
        assert!((900..1100).contains(&shorter), "{shorter} of 2000");
    }
}
